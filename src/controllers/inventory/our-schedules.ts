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

/** The schedules of an application that run. @param application `namespace/JujuModel/application` */
export function schedulesOf({store}: SchedulesByApplication, application: string): KnownSchedules {
  const running = store.byIndex('byApplication', application).filter(runs)
  const objectives = running.flatMap(({status}) => status?.objectiveSeconds ?? [])
  return {
    names: running.map(({metadata}) => metadata.name).toSorted(),
    objectiveSeconds: objectives.length === 0 ? undefined : Math.min(...objectives),
  }
}

/** Calls `changed` with `namespace/name` of a JujuModel whose applications have got other schedules. */
export function watchSchedules(schedules: SchedulesByApplication, changed: (model: string) => void): void {
  schedules.onEvent(({type, object, old, problem}) => {
    const before = type === 'delete' ? viewOf(object) : old && viewOf(old)
    const after = type === 'delete' || problem !== undefined ? undefined : viewOf(object)
    if (equalJson(before, after)) return
    for (const model of new Set([before?.model, after?.model])) if (model !== undefined) changed(model)
  })
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
