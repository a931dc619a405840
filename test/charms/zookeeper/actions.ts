import {completed, failed, UncaughtCharmError} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {takeBackup} from '../plain/backup.ts'
import {startRestore} from '../plain/restore.ts'
import {backupIdOf, refused, settingsOf} from '../plain/state.ts'
import type {PlainState} from '../plain/state.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {unitView} from '../statuses.ts'
import {metadataName} from './layout.ts'
import type {ZookeeperConditions} from './status.ts'

type State = PlainState<ZookeeperConditions>

const noStore = 'Cluster needs an access to an object storage to make a backup'

async function isLeader({host}: State, {unit}: CharmTask): Promise<boolean> {
  return (await unitView(host, unit)).leader
}

async function settings(state: State): Promise<S3Parameters | undefined> {
  const found = await settingsOf(state)
  return found.kind === 'ready' ? found.s3 : undefined
}

/** The action `create-backup`: it runs until the snapshot is uploaded, and tells the id in its log only. */
export async function createBackup(state: State, task: CharmTask): Promise<TaskOutcome> {
  if (!(await isLeader(state, task))) return refused('Action must be ran on the application leader')
  if (!state.conditions.stable) return refused('Cluster must be stable before making a backup')
  const s3 = await settings(state)
  if (s3 === undefined) return refused(noStore)
  const backup = await takeBackup(state, task, s3, undefined)
  if (!backup.ok) throw new UncaughtCharmError(backup.words)
  await task.log(`Backup created: ${backup.id}`)
  return completed({})
}

/** The action `list-backups`: metadata is listed while its snapshot is still on its way. */
export async function listBackups(state: State, task: CharmTask): Promise<TaskOutcome> {
  if (!(await isLeader(state, task))) return refused('Action must be ran on the application leader')
  const s3 = await settings(state)
  if (s3 === undefined) return refused(noStore)
  const {engine} = state
  const files = stored(state, s3).filter(key => key.endsWith(`/${metadataName}`))
  const backups = files.reverse().map(key => parsed(engine.read(s3, key)))
  return completed({backups: `[${backups.map(pythonJson).join(', ')}]`})
}

/** The action `restore`: it only starts the restore, on all units. */
export async function restore(state: State, task: CharmTask): Promise<TaskOutcome> {
  if (!(await isLeader(state, task))) return refused('Action must be ran on the application leader')
  const s3 = await settings(state)
  if (s3 === undefined) return refused(noStore)
  const id = backupIdOf(task)
  if (id === '') return refused('No backup id to restore provided')
  if (!stored(state, s3).includes(`${id}/snapshot`)) return refused('Backup id not found in storage object')
  if (state.engine.restoring !== undefined) return failed('A snapshot restore is currently ongoing')
  await task.log(`Beginning restore flow for snapshot ${id}`)
  await startRestore(state, task, id)
  return completed({})
}

function stored({engine}: State, s3: S3Parameters): string[] {
  try {
    return [...engine.keys(s3)]
  } catch (error) {
    throw new UncaughtCharmError(`botocore.exceptions.ClientError: ${(error as Error).message}`)
  }
}

type Metadata = Readonly<Record<string, string | number>>

/** A flat YAML file as PyYAML writes it. */
function parsed(text: string): Metadata {
  const entries = text
    .trim()
    .split('\n')
    .map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, /^\d+$/.test(value) ? Number(value) : value.replaceAll("'", '')]),
  )
}

/** Python's `json.dumps`. */
function pythonJson(metadata: Metadata): string {
  const pairs = Object.entries(metadata).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
  return `{${pairs.join(', ')}}`
}
