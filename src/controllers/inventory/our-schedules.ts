import type {BackupSchedule, BackupScheduleReason} from '../../api/backup-schedule.ts'
import {objectKey} from '../../kube/resources.ts'
import {equalJson} from '../../runtime/equality.ts'
import {getCondition} from '../../runtime/conditions.ts'
import type {Store, StoreEvent} from '../../runtime/store.ts'
import type {KnownSchedules} from '../juju-model/inventory.ts'

/** The cache of BackupSchedules, with its index `byApplication`. */
export interface SchedulesByApplication {
  readonly store: Store<BackupSchedule>
  onEvent(listener: (event: StoreEvent<BackupSchedule>) => void): void
}

/** A schedule that is Ready for one of these reasons starts no runs, and none will start until a person acts. */
const idle: ReadonlySet<string> = new Set<BackupScheduleReason>([
  'Suspended',
  'InvalidSchedule',
  'NeverMatches',
  'TemplateRefused',
  'InvalidSpec',
])

/** Which schedules run, worked out when somebody asks, and again only after one of the application has changed. */
export class OurSchedules {
  readonly #store: Store<BackupSchedule>
  readonly #known = new Map<string, KnownSchedules>()

  /** @param changed is called with `namespace/name` of a JujuModel whose applications have got other schedules */
  constructor(schedules: SchedulesByApplication, changed: (model: string) => void) {
    this.#store = schedules.store
    schedules.onEvent(({type, object, old, problem}) => {
      const before = type === 'delete' ? viewOf(object) : old && viewOf(old)
      const after = type === 'delete' || problem !== undefined ? undefined : viewOf(object)
      const views = [before, after].filter(view => view !== undefined)
      // Also where nothing changed to the eye: what was invalid before was in no index.
      for (const {model, application} of views) this.#known.delete(`${model}/${application}`)
      if (equalJson(before, after)) return
      for (const model of new Set(views.map(view => view.model))) changed(model)
    })
  }

  /** The schedules of an application that run. @param application `namespace/JujuModel/application` */
  of(application: string): KnownSchedules {
    const known = this.#known.get(application) ?? this.#runningFor(application)
    this.#known.set(application, known)
    return known
  }

  #runningFor(application: string): KnownSchedules {
    const running = this.#store.byIndex('byApplication', application).filter(runs)
    const objectives = running.flatMap(({status}) => status?.objectiveSeconds ?? [])
    return {
      names: running.map(({metadata}) => metadata.name).toSorted(),
      objectiveSeconds: objectives.length === 0 ? undefined : Math.min(...objectives),
    }
  }
}

function runs({spec, status}: BackupSchedule): boolean {
  return !spec.suspend && !idle.has(getCondition(status?.conditions, 'Ready')?.reason ?? '')
}

/** What of a schedule matters to its model; nothing, while it is older than a rule. */
function viewOf(schedule: BackupSchedule) {
  const target = schedule.spec?.jobTemplate?.spec
  if (target?.modelRef === undefined) return undefined
  const model = objectKey({namespace: schedule.metadata.namespace, name: target.modelRef.name})
  return {model, application: target.application, runs: runs(schedule), objective: schedule.status?.objectiveSeconds}
}
