import type {JujuModelDatabase, JujuModelStatus} from '../../api/juju-model.ts'
import {getCondition} from '../../runtime/conditions.ts'

/** Something about the backups of a model that is an event. */
export interface BackupNews {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly note: string
}

/** What has changed between two statuses so that a person should hear of it; each thing is said once. */
export function newsOfBackups(before: JujuModelStatus | undefined, after: JujuModelStatus): readonly BackupNews[] {
  const old = new Map((before?.databases ?? []).map(one => [one.name, one]))
  const ofDatabases = (after.databases ?? []).flatMap(one => newsOfDatabase(old.get(one.name), one))
  return [...newsOfProtection(before, after), ...ofDatabases]
}

/** Before the first inventory nothing is known, and that is no news. */
function newsOfProtection(before: JujuModelStatus | undefined, after: JujuModelStatus): readonly BackupNews[] {
  const [was, is] = [before, after].map(status => getCondition(status?.conditions, 'Protected'))
  if (is === undefined || is.reason === was?.reason || (was === undefined && is.status === 'Unknown')) return []
  return [{type: is.status === 'True' ? 'Normal' : 'Warning', reason: is.reason, note: is.message}]
}

function newsOfDatabase(before: JujuModelDatabase | undefined, after: JujuModelDatabase): readonly BackupNews[] {
  const {name, listFailure} = after
  const [was, is] = [before?.backups?.stale ?? 0, after.backups?.stale ?? 0]
  const rows = is === 1 ? '1 backup' : `${is} backups`
  const stale =
    `${name} lists ${rows} as in progress although nothing of them runs any more; ` +
    'they are no backups, and nothing is deleted'
  return [
    ...(is > was ? [{type: 'Warning', reason: 'StaleBackup', note: stale} as const] : []),
    ...(listFailure !== undefined && before?.listFailure === undefined
      ? [{type: 'Warning', reason: 'BackupListFailed', note: `${name}: ${listFailure.message}`} as const]
      : []),
  ]
}
