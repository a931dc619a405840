import {formatBackups} from '../backup-ids.ts'
import {completed, failed} from '../machine.ts'
import type {TaskOutcome} from '../machine.ts'
import {backupsOf} from './listing.ts'
import {missingRelation, s3Related, s3Settings} from './s3-settings.ts'
import type {MysqlState} from './state.ts'

const cannotList = 'Failed to retrieve backup ids from S3'

/** The action `list-backups`, on any unit. It reads the store and nothing else; an empty path is an error to it. */
export async function listBackups(state: MysqlState): Promise<TaskOutcome> {
  if (!(await s3Related(state))) return failed(missingRelation)
  const settings = await s3Settings(state)
  if (!settings.ok) return failed(settings.message)
  const {s3} = settings
  if (s3.path === '/') return failed(cannotList)
  const prefix = `${s3.path.slice(1)}/`
  const read = await state.engine.store.keys(s3, prefix)
  if (!read.ok) return failed(read.missingBucket ? `Bucket ${s3.bucket} does not exist` : cannotList)
  const rows = backupsOf(read.keys, prefix).map(([id, status]) => [id, 'physical', status] as const)
  return completed({backups: formatBackups(rows)})
}
