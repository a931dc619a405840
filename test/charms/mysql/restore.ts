import {completed, failed, UncaughtCharmError} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {keyBelow} from '../s3-parameters.ts'
import {blocked, maintenance, unitView} from '../statuses.ts'
import type {StepOrder} from './engine.ts'
import {isTime} from './listing.ts'
import {missingRelation, s3Related, s3Settings} from './s3-settings.ts'
import {moveRestored} from './state.ts'
import type {MysqlState} from './state.ts'
import {updateStatus} from './status.ts'
import {firstFailure} from './steps.ts'

const timePattern = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/

/** The action `restore`; it runs until the data is restored and the cluster is made anew. */
export async function restore(state: MysqlState, task: CharmTask): Promise<TaskOutcome> {
  const given = textOf(task, 'backup-id')
  const toTime = textOf(task, 'restore-to-time')
  const refusal = await notNow(state, task.unit, given, toTime)
  if (refusal !== undefined) return failed(refusal)
  const id = (given ?? '').trim().replace(/^\/+|\/+$/g, '')
  const settings = await s3Settings(state)
  if (!settings.ok) return failed(settings.message)
  const {s3} = settings
  if (!(await state.engine.store.exists(s3, keyBelow(s3, `${id}.md5`)))) return failed(`Invalid backup-id: ${id}`)
  const order = {unit: task.unit, signal: task.signal, s3, backupId: id}
  const problem = (await replaceData(state, order)) ?? (await bringUp(state, order, toTime))
  if (problem !== undefined) return failed(problem)
  await updateStatus(state, task.unit)
  return completed({completed: 'ok'})
}

function textOf({parameters}: CharmTask, name: string): string | undefined {
  const value = parameters[name]
  return value === undefined ? undefined : String(value as string)
}

async function notNow(
  state: MysqlState,
  unit: string,
  id: string | undefined,
  toTime: string | undefined,
): Promise<string | undefined> {
  const {host, engine, conditions} = state
  if (!(await s3Related(state))) return missingRelation
  if (id === undefined || id === '') return 'Missing backup-id to restore'
  if (toTime !== undefined && toTime !== '' && toTime !== 'latest' && !isPointInTime(toTime))
    return 'Bad restore-to-time format'
  if (!(await engine.connectable(unit))) return 'Server running mysqld is not connectable'
  if (conditions.waiting.has(unit)) return 'Unit is waiting to start or restart'
  return (await host.units()).length > 1
    ? 'Unit cannot restore backup as there are more than one units in the cluster'
    : undefined
}

function isPointInTime(text: string): boolean {
  return timePattern.test(text) && isTime(text)
}

/** Up to where mysqld runs with the backup's data. @returns what failed */
async function replaceData(state: MysqlState, order: StepOrder): Promise<string | undefined> {
  const {host, engine} = state
  await host.setUnitStatus(order.unit, maintenance('Running pre-restore operations'))
  const stopped = (await engine.running(order.unit))
    ? await firstFailure(engine, order, [
        ['kill sessions', 'Failed to kill client sessions'],
        ['go offline for restore', 'Failed to set instance as offline before restoring the backup'],
        ['stop', 'Failed to stop mysqld'],
      ])
    : undefined
  if (stopped !== undefined) return stopped
  const fetched = await fetchBackup(state, order)
  if (fetched !== undefined) {
    await startAgain(state, order)
    return fetched
  }
  return blockOn(state, order.unit, await moveBack(state, order))
}

/** What fails here leaves the unit's data as it was. */
async function fetchBackup({host, engine}: MysqlState, order: StepOrder): Promise<string | undefined> {
  await host.setUnitStatus(order.unit, maintenance('Downloading backup...'))
  if (!(await engine.step('retrieve', order))) return `Failed to retrieve backup ${order.backupId}`
  await host.setUnitStatus(order.unit, maintenance('Preparing for restore backup...'))
  return (await engine.step('prepare', order)) ? undefined : `Failed to prepare backup ${order.backupId}`
}

async function moveBack(state: MysqlState, order: StepOrder): Promise<string | undefined> {
  const {host, engine} = state
  if (!(await engine.step('empty data', order))) return 'Failed to empty the data directory'
  await host.setUnitStatus(order.unit, maintenance('Restoring backup...'))
  if (!(await engine.step('move back', order))) return `Failed to restore backup ${order.backupId}`
  return startAgain(state, order)
}

function startAgain({engine}: MysqlState, order: StepOrder): Promise<string | undefined> {
  return firstFailure(engine, order, [
    ['delete restore directory', 'Failed to delete the temp restore directory'],
    ['delete backup directory', 'Failed to delete the temp backup directory'],
    ['start', 'Failed to start mysqld'],
  ])
}

/** From mysqld with the backup's data to a cluster. @returns what failed */
async function bringUp(state: MysqlState, order: StepOrder, toTime: string | undefined): Promise<string | undefined> {
  const {host, engine, conditions} = state
  const {unit} = order
  if (toTime !== undefined) {
    await host.setUnitStatus(unit, maintenance('Running point-in-time-recovery operations'))
    const recovered = await engine.step('recover to time', {...order, toTime})
    if (!recovered) return blockOn(state, unit, `Failed to restore point-in-time-recovery to the ${toTime}`)
  }
  // Only the leader may write the application's data; the charm does not look whether it is.
  if (!(await unitView(host, unit)).leader)
    throw new UncaughtCharmError('RuntimeError: needs leadership to set app data')
  conditions.s3Block = moveRestored
  await engine.collectBinlogs(undefined)
  await host.setUnitStatus(unit, maintenance('Running post-restore operations'))
  const problem = await firstFailure(engine, order, [
    ['configure', 'Failed to configure restored instance for InnoDB cluster'],
    ['create cluster', 'Failed to create InnoDB cluster on restored instance'],
    ['create cluster set', 'Failed to create InnoDB cluster-set on restored instance'],
    ['create operations table', 'Failed to initialize the juju operations table'],
    ['rescan', 'Failed to rescan the cluster'],
  ])
  return blockOn(state, unit, problem)
}

async function blockOn({host}: MysqlState, unit: string, problem: string | undefined): Promise<string | undefined> {
  if (problem !== undefined) await host.setUnitStatus(unit, blocked(problem))
  return problem
}
