import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {backupScheduleResource, type BackupSchedule} from '../../src/api/backup-schedule.ts'
import {SCHEDULE_NAME_ANNOTATION} from '../../src/api/meta.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import type {ControlPlane} from '../../test/env/kubernetes/control-plane.ts'
import {installOperatorRights, tenantNamespace} from '../../test/env/provision.ts'
import {startChild, type Usage} from './child.ts'
import {benchNamespace, openClient, withCluster} from './cluster.ts'
import {FirstSeen} from './first-seen.ts'
import {connectedModels, createModels} from './fleet-models.ts'
import {inParallel} from './in-parallel.ts'
import {JujuFleet} from './juju-fleet.ts'
import {latenessOf, type Lateness} from './lateness.ts'
import {OperatorProcess} from './operator-process.ts'
import {scheduleOf, type Spread} from './schedules.ts'
import {until} from './until.ts'

/** A real API server, a simulated Juju with many models, and what the operator needs to work on both; it does not run yet. */
export interface ScheduleWorld {
  readonly cluster: ControlPlane
  readonly client: KubeClient
  readonly juju: JujuFleet
  readonly spread: Spread
}

const width = 16
const floorRounds = 2
/** Schedules of which the first status is written in a second, on a slow machine. */
const plannedPerSecond = 30
const minuteMs = 60_000

/** @param backupMs how long a backup takes; see JujuFleet */
export async function withScheduleWorld<T>(
  spread: Spread,
  backupMs: number | undefined,
  work: (world: ScheduleWorld) => Promise<T>,
): Promise<T> {
  const juju = await JujuFleet.start(spread.models, spread.applications, backupMs)
  try {
    return await withCluster(async cluster => {
      await installOperatorRights((args, options) => cluster.kubectlOrThrow(args, options))
      const {client, transport} = await openClient(cluster.kubeconfigPath)
      await createModels(client, juju, spread.applications)
      try {
        return await work({cluster, client, juju, spread})
      } finally {
        await transport.close()
      }
    })
  } finally {
    juju.stop()
  }
}

/** The operator with all models connected. */
export async function startOperator({cluster, client, spread}: ScheduleWorld): Promise<OperatorProcess> {
  const operator = await OperatorProcess.start(cluster.kubeconfigFor('operator'), cluster.directory)
  await until('all models are connected', async () => (await connectedModels(client)) === spread.models)
  return operator
}

/** As many creates as come due, by a plain client, seen by the same kind of watch, while no operator runs: several rounds. */
export async function creationFloors(
  {cluster, client, spread}: ScheduleWorld,
  count: number,
): Promise<readonly Lateness[]> {
  const rounds: Lateness[] = []
  for (let round = 0; round < floorRounds; round++) {
    const seen = await FirstSeen.start(client, benchNamespace)
    const args = [cluster.kubeconfigPath, benchNamespace, String(count), JSON.stringify(spread)]
    const {startedAt} = await startChild<Usage & {startedAt: number}>('bare-creates', ...args).result
    await until('the watch has shown all', () => Promise.resolve(seen.times.size === count), 50)
    seen.stop()
    rounds.push(latenessOf(seen.times.values(), startedAt))
    await removeJobs(client, [...seen.times.keys()])
  }
  return rounds
}

async function removeJobs(client: KubeClient, names: readonly string[]): Promise<void> {
  await inParallel(names.length, width, async index => {
    const key = {namespace: benchNamespace, name: names[index] ?? ''}
    await client.jsonPatch(backupJobResource, key, [{op: 'remove', path: '/metadata/finalizers'}])
    await client.delete(backupJobResource, key)
  })
}

/** Creates schedules that all come due at once, and waits until the operator has planned them. @returns the slot, ms */
export async function planBurst({client, spread}: ScheduleWorld, count: number): Promise<number> {
  const earliest = Date.now() + minuteMs / 2 + (count / plannedPerSecond) * 1000
  const slot = Math.ceil(earliest / minuteMs) * minuteMs
  await inParallel(count, width, async index => {
    await client.create(backupScheduleResource, tenantNamespace, scheduleOf(index, slot, spread))
  })
  await untilPlanned(client)
  if (Date.now() > slot - 5_000) throw new Error('the schedules were not planned before they came due')
  return slot
}

/** Until the operator has said of each schedule when it runs next. */
export async function untilPlanned(client: KubeClient): Promise<void> {
  const isPlanned = ({status}: BackupSchedule): boolean => status?.nextScheduleTime !== undefined
  await until('all schedules are planned', async () => (await listSchedules(client)).every(isPlanned), 2_000)
}

export async function listSchedules(client: KubeClient): Promise<readonly BackupSchedule[]> {
  return (await client.listPage<BackupSchedule>(backupScheduleResource, {namespace: tenantNamespace})).items
}

/** How many BackupJobs each schedule has, by its name. */
export async function childrenBySchedule(client: KubeClient): Promise<ReadonlyMap<string, number>> {
  const {items} = await client.listPage<BackupJob>(backupJobResource, {namespace: tenantNamespace})
  const counts = new Map<string, number>()
  for (const {metadata} of items) {
    const schedule = metadata.annotations?.[SCHEDULE_NAME_ANNOTATION] ?? ''
    counts.set(schedule, (counts.get(schedule) ?? 0) + 1)
  }
  return counts
}
