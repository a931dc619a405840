import type {BackupJob} from '../../api/backup-job.ts'
import type {BackupSchedule} from '../../api/backup-schedule.ts'
import type {KubeClient} from '../../kube/client.ts'
import {keyOf, objectKey} from '../../kube/resources.ts'
import type {Logger} from '../../observability/log.ts'
import type {ConsistencyGate} from '../../runtime/consistency.ts'
import {Controller} from '../../runtime/controller.ts'
import {enqueueSelf} from '../../runtime/event-handlers.ts'
import type {EventRecorder} from '../../runtime/event-recorder.ts'
import type {Informer} from '../../runtime/informer.ts'
import type {RuntimeMetrics} from '../../runtime/metrics.ts'
import {generationChanged} from '../../runtime/predicates.ts'
import {StatusWriter} from '../../runtime/status-writer.ts'
import type {Urgency} from '../../runtime/urgency.ts'
import type {Clock, Random} from '../../time/clock.ts'
import type {CachedBackupJob} from '../backup-job/cache.ts'
import type {StorageDirectory} from '../backup-storage/directory.ts'
import type {ModelDirectory} from '../juju-model/directory.ts'
import {onTurns} from '../juju-model/turns.ts'
import {Announcer} from './announce.ts'
import {ArchiveLooks} from './archive-looks.ts'
import {Archives} from './archives.ts'
import type {scheduleIndexes} from './cache.ts'
import {scheduleKeyOf} from '../backup-job/origin.ts'
import {Children} from './children.ts'
import {ClockJumps} from './clock-jumps.ts'
import type {ScheduleMetrics} from './metrics.ts'
import {BackupScheduleReconciler} from './reconciler.ts'
import {TemplateChecks} from './template-checks.ts'

export interface BackupScheduleControllerOptions {
  readonly client: KubeClient
  /** made with `validate: parseBackupSchedule` and `scheduleIndexes` */
  readonly schedules: Informer<BackupSchedule>
  /** made with `trimming` and `jobIndexes` */
  readonly jobs: Informer<BackupJob, CachedBackupJob>
  readonly models: ModelDirectory
  readonly storages: StorageDirectory
  /** what waits while due children are created */
  readonly urgency: Urgency
  readonly recorder: EventRecorder
  readonly gate: ConsistencyGate
  readonly workers: number
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics: ScheduleMetrics
  readonly runtimeMetrics: RuntimeMetrics
}

export interface BackupScheduleController {
  readonly controller: Controller
  /** When the newest change was archived, of a schedule by `namespace/name`, ms since the epoch; undefined: not seen yet. */
  readonly archivedAt: (key: string) => number | undefined
  /** For the end of the process. */
  readonly close: () => void
}

/** Wires the reconciler of BackupSchedules to what it watches: itself, its children, models, storages, and the clock. */
export function backupScheduleController(options: BackupScheduleControllerOptions): BackupScheduleController {
  const {client, schedules, jobs, clock, random, log, gate} = options
  const looks = new ArchiveLooks({...options, onLooked: key => controller.enqueue(key, 'low')})
  const archives = new Archives({...options, looks})
  const reconciler = new BackupScheduleReconciler({
    ...options,
    archives,
    jobs: jobs.store,
    schedules: schedules.store,
    children: new Children(client, jobs),
    templates: new TemplateChecks(client, clock),
    statusWriter: new StatusWriter(client),
    announcer: new Announcer(options.recorder),
  })
  const controller = new Controller({
    name: 'backupschedule',
    reconciler,
    workers: options.workers,
    // A slot may fall due while something else about its schedule fails: nobody waits for long, and not for others.
    queue: {retryMaxMs: 30_000, retryRate: {perSecond: 200, burst: 1_000}},
    primary: schedules,
    gate,
    clock,
    random,
    log,
    metrics: options.runtimeMetrics,
  })
  watch(options, controller)
  const jumps = new ClockJumps(clock, byMs => {
    log.warn('the clock of this machine jumped; all schedules are looked at', {seconds: byMs / 1000})
    for (const schedule of schedules.store.list()) controller.enqueue(keyOf(schedule))
  })
  const close = (): void => {
    jumps.close()
    looks.close()
  }
  return {controller, archivedAt: key => archives.lastArchived(key), close}
}

/** Due slots come by the controller's own plan; all else can wait until these are done. */
function watch(options: BackupScheduleControllerOptions, controller: Controller): void {
  const {schedules, jobs, models, storages, clock} = options
  const open = (index: keyof typeof scheduleIndexes, value: string): void => {
    for (const schedule of schedules.store.byIndex(index, value)) controller.enqueue(keyOf(schedule), 'low')
  }
  const isDue = ({status}: BackupSchedule): boolean => Date.parse(status?.nextScheduleTime ?? '') <= clock.now()
  schedules.onEvent(enqueueSelf(controller, generationChanged(), isDue))
  jobs.onEvent(({object, initial}) => {
    const key = initial ? undefined : scheduleKeyOf(object)
    if (key !== undefined) open('byChildrenKey', key)
  })
  onTurns(models, key => open('byModel', objectKey(key)))
  storages.onChange(key => open('byStorage', objectKey(key)))
}
