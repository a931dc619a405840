import {keyBelow} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {active, blocked, maintenance, unitView} from '../statuses.ts'
import {s3Related, s3Settings} from './s3-settings.ts'
import {claimedByAnother} from './state.ts'
import type {MysqlState} from './state.ts'

/** The hook `update-status`: the unit shows its member, the leader also what holds for the application. */
export async function updateStatus(state: MysqlState, unitName: string): Promise<void> {
  const {host, engine, conditions} = state
  const unit = await unitView(host, unitName)
  if (conditions.waiting.has(unitName) && !unit.leader) return
  conditions.waiting.delete(unitName)
  const member = await engine.member(unitName)
  const shown = member?.state ?? 'UNREACHABLE'
  const message = member?.role === 'PRIMARY' ? primaryText(state) : ''
  await host.setUnitStatus(unitName, shown === 'ONLINE' ? {status: 'active', message} : maintenance(shown))
  if (shown === 'OFFLINE' || shown === 'UNREACHABLE') await heal(state, unitName, shown)
  if (!unit.leader || shown !== 'ONLINE') return
  await showApplication(state)
  if (conditions.s3Deferred) await s3Changed(state)
}

function primaryText({conditions}: MysqlState): string {
  return conditions.standbyCluster ? 'Standby' : 'Primary'
}

/** What the charm does by itself about a member that is not part of its group, or does not answer. */
async function heal({host, engine}: MysqlState, unit: string, state: 'OFFLINE' | 'UNREACHABLE'): Promise<void> {
  if (state === 'UNREACHABLE') {
    if (!(await engine.step('restart', {unit})))
      await host.setUnitStatus(unit, blocked('Unable to recover from an unreachable state'))
    return
  }
  const members = await Promise.all((await host.units()).map(async each => engine.member(each.name)))
  const allOff = members.every(member => member?.state === 'OFFLINE')
  if (!allOff || !(await unitView(host, unit)).leader) {
    await engine.step('rejoin', {unit})
    return
  }
  if (!(await engine.step('reboot cluster', {unit})))
    await host.setUnitStatus(unit, blocked('failed to recover cluster.'))
}

async function showApplication({host, engine, conditions}: MysqlState): Promise<void> {
  if ((await engine.primary()) === undefined) {
    await host.setApplicationStatus(maintenance('Cluster has no primary.'))
    return
  }
  await host.setApplicationStatus(conditions.s3Block === undefined ? active : blocked(conditions.s3Block))
}

/**
 * The S3 relation changed, or there is another leader: the leader claims the repository for its replication group. The
 * application's status follows with the next `update-status`.
 */
export async function s3Changed(state: MysqlState): Promise<void> {
  const {host, engine, conditions} = state
  const leader = (await host.units()).find(unit => unit.leader)
  if (leader === undefined) return
  conditions.s3Deferred = false
  if (!(await s3Related(state))) {
    conditions.s3Block = undefined
    await engine.collectBinlogs(undefined)
    return
  }
  if (!(await engine.running(leader.name))) {
    conditions.s3Deferred = true
    return
  }
  const settings = await s3Settings(state)
  if (!settings.ok) return
  const claimed = await claim(state, settings.s3)
  conditions.s3Block = claimed ? undefined : claimedByAnother
  await engine.collectBinlogs(claimed ? settings.s3 : undefined)
}

/** @returns whether the repository is this cluster's; an unreadable claim counts as none */
async function claim({engine}: MysqlState, s3: S3Parameters): Promise<boolean> {
  const key = keyBelow(s3, 'group_replication_id.txt')
  const owner = await engine.store.read(s3, key)
  const own = engine.groupReplicationId()
  if (owner !== undefined && owner !== '' && owner !== own) return false
  await engine.store.upload(s3, key, own)
  return true
}
