import {pythonValue} from '../python.ts'
import {active, maintenance, unitView} from '../statuses.ts'
import {completed, failed, UncaughtCharmError} from '../machine.ts'
import type {CharmTask, TaskOutcome, UnitView} from '../machine.ts'
import type {BackupOrder, CommandResult} from './engine.ts'
import {compareText, idOfLabel, idOfSeconds} from './pgbackrest-info.ts'
import {finished, readBackups} from './repository.ts'
import {s3Parameters} from './s3-parameters.ts'
import {stanzaOf} from './state.ts'
import type {CharmState} from './state.ts'

const types: Readonly<Record<string, BackupOrder['type']>> = {full: 'full', differential: 'diff', incremental: 'incr'}

type Check = (state: CharmState, unit: UnitView) => Promise<string | undefined>

/** Why a unit does not back up. The first check that has a text ends the action; the order is the charm's. */
const checks: readonly Check[] = [
  async ({dialect, conditions}) =>
    dialect.refusesStandbyCluster && conditions.standbyCluster
      ? 'Backups are not supported on a standby cluster. Run create-backup on the primary cluster instead.'
      : undefined,
  async (_, unit) => (unit.status.status === 'blocked' ? 'Unit is in a blocking state' : undefined),
  async ({engine}, unit) =>
    (await engine.member(unit.name)).online
      ? undefined
      : 'Unit cannot perform backups as the database seems to be offline',
  wrongRole,
  async ({engine}, unit) =>
    (await engine.member(unit.name)).started ? undefined : "Unit cannot perform backups as it's not in running state",
  async ({conditions}) => (conditions.stanza ? undefined : 'Stanza was not initialised'),
]

async function wrongRole({host, engine, dialect, conditions}: CharmState, unit: UnitView): Promise<string | undefined> {
  const isPrimary = (await engine.primary()) === unit.name
  const several = (await host.units()).length > 1
  const backsUpFromReplicas = conditions.tls || !dialect.replicaNeedsTls
  if (isPrimary && several && backsUpFromReplicas) return 'Unit cannot perform backups as it is the cluster primary'
  if (!isPrimary && !backsUpFromReplicas) return 'Unit cannot perform backups as TLS is not enabled'
  return undefined
}

/** The action `create-backup`; it runs until pgBackRest has ended. */
export async function createBackup(state: CharmState, task: CharmTask): Promise<TaskOutcome> {
  const wanted = wantedType(task)
  const type = Object.hasOwn(types, wanted) ? types[wanted] : undefined
  if (type === undefined)
    return failed(`Invalid backup type: ${wanted}. Possible values: full, differential, incremental.`)
  if (type !== 'full' && !(await hasBackups(state)))
    return failed(`Invalid backup type: ${wanted}. No previous full backup to reference.`)
  const unit = await unitView(state.host, task.unit)
  for (const check of checks) {
    const refusal = await check(state, unit)
    if (refusal !== undefined) return failed(refusal)
  }
  const lookup = await s3Parameters(state.host)
  if (!lookup.ok) return failed(lookup.message)
  if (!(await uploadRequest(state, task))) return failed('Failed to upload metadata to provided S3')
  return run(state, task, type)
}

function wantedType({parameters: {type}}: CharmTask): string {
  return type === undefined ? 'full' : pythonValue(type)
}

async function hasBackups({engine, dialect}: CharmState): Promise<boolean> {
  const read = await readBackups(engine)
  if (!read.ok) throw new UncaughtCharmError(dialect.listRaises(read.step, read.run))
  return finished(read.backups).length > 0
}

async function uploadRequest(state: CharmState, task: CharmTask): Promise<boolean> {
  const {host, engine} = state
  const lines = [
    `Date Backup Requested: ${idOfSeconds(Math.floor(host.clock.now() / 1000))}`,
    `Model Name: ${host.model.name}`,
    `Application Name: ${host.application}`,
    `Unit Name: ${task.unit}`,
    `Juju Version: ${host.jujuVersion}`,
  ]
  return engine.upload(`backup/${stanzaOf(state)}/latest`, `${lines.join('\n')}\n`)
}

async function run(state: CharmState, task: CharmTask, type: BackupOrder['type']): Promise<TaskOutcome> {
  const {host, engine, dialect} = state
  await host.setUnitStatus(task.unit, maintenance('creating backup'))
  const fromStandby = (await engine.primary()) !== task.unit
  const ran = await engine.backup({stanza: stanzaOf(state), type, fromStandby, unit: task.unit, signal: task.signal})
  if (ran.rc !== 0 && dialect.backupError === undefined)
    throw new UncaughtCharmError('TypeError: expected string or bytes-like object')
  const outcome = ran.rc === 0 ? await wrapUp(state, ran) : await giveUp(state, ran)
  await host.setUnitStatus(task.unit, active)
  return outcome
}

/** The log of a failed run lies under the time of the failure, since no backup has an id then. */
async function giveUp(state: CharmState, ran: CommandResult): Promise<TaskOutcome> {
  await uploadLog(state, idOfSeconds(Math.floor(state.host.clock.now() / 1000)), ran)
  return failed(`Failed to backup PostgreSQL with error: ${state.dialect.backupError?.(ran) ?? ''}`)
}

async function wrapUp(state: CharmState, ran: CommandResult): Promise<TaskOutcome> {
  const read = await readBackups(state.engine)
  if (!read.ok) return failed(state.dialect.idNotFound(read.run))
  const ids = read.backups.map(backup => idOfLabel(backup.label)).sort(compareText)
  const newest = ids.at(-1)
  if (newest === undefined || !(await uploadLog(state, newest, ran))) return failed('Error uploading logs to S3')
  return completed({'backup-status': 'backup created'})
}

async function uploadLog(state: CharmState, id: string, ran: CommandResult): Promise<boolean> {
  const log = `Stdout:\n${ran.stdout}\n\nStderr:\n${ran.stderr}\n`
  return state.engine.upload(`backup/${stanzaOf(state)}/${id}/backup.log`, log)
}
