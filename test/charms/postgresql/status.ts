import {active, blocked, maintenance, unitView, waiting} from '../statuses.ts'
import type {RepositoryState} from './engine.ts'
import {s3Parameters} from './s3-parameters.ts'
import {anotherCluster, awaitingMember, pitrImpossible, stanzaOf} from './state.ts'
import type {CharmState} from './state.ts'

/**
 * The hook `update-status`. It leaves a blocked unit alone, whatever the reason: so does the charm, which makes
 * `Failed to restore backup` a dead end.
 */
export async function updateStatus(state: CharmState, unitName: string): Promise<void> {
  const {host} = state
  const unit = await unitView(host, unitName)
  if (unit.status.status === 'blocked') return
  if (state.progress.restoring && !(await followRestore(state, unitName))) return
  if (state.conditions.s3Problem !== undefined && unit.leader) {
    await host.setUnitStatus(unitName, blocked(state.conditions.s3Problem))
    return
  }
  await showRole(state, unitName)
}

/** A primary says so, a replica says nothing, and what has not come up yet is waited for. */
async function showRole(state: CharmState, unit: string): Promise<void> {
  const {host, engine} = state
  if ((await engine.primary()) === unit)
    await host.setUnitStatus(unit, {status: 'active', message: await primaryText(state)})
  else if ((await engine.member(unit)).started) await host.setUnitStatus(unit, active)
  else await host.setUnitStatus(unit, waiting(awaitingMember))
}

/** Members that came up meanwhile, and a new primary, show it without waiting for `update-status`. */
export async function membersChanged(state: CharmState): Promise<void> {
  for (const {name, status} of await state.host.units()) {
    const changes = status.status === 'active' || status.message === awaitingMember
    if (changes && !state.progress.acting.has(name) && !state.progress.crashed.has(name))
      await updateStatus(state, name)
  }
}

/** @returns true when the restore ended well */
async function followRestore(state: CharmState, unit: string): Promise<boolean> {
  const {host, engine} = state
  const found = await engine.restoreState()
  if (found === 'running') return false
  if (found === 'failed') await host.setUnitStatus(unit, blocked('Failed to restore backup'))
  if (found === 'pitr-failed') await host.setUnitStatus(unit, blocked(pitrImpossible))
  if (found === 'failed' || found === 'pitr-failed') return false
  state.progress.restoring = false
  await initialiseRepository(state)
  return true
}

async function primaryText({host, engine, conditions}: CharmState): Promise<string> {
  const role = conditions.standbyCluster ? 'Standby' : 'Primary'
  const units = await host.units()
  const members = await Promise.all(units.map(unit => engine.member(unit.name)))
  const running = members.filter(member => member.online && member.started).length
  if (running === units.length) return role
  return running * 2 > units.length ? `${role} (degraded)` : `${role} (read-only)`
}

function problemText({dialect}: CharmState, problem: Exclude<RepositoryState, 'ready'>): string {
  switch (problem) {
    case 'another-cluster':
      return anotherCluster
    case 'no-access':
      return 'failed to access/create the bucket, check your S3 settings'
    case 'stanza-failed':
      return 'failed to initialize stanza, check your S3 settings'
    case 'check-failed':
      return dialect.stanzaCheckFailed
  }
}

async function initialiseRepository(state: CharmState): Promise<void> {
  const {host, engine, conditions} = state
  const lookup = await s3Parameters(host)
  if (!lookup.ok) return
  const found = await engine.initialise(lookup.s3, stanzaOf(state), host.model.uuid)
  conditions.stanza = found === 'ready'
  conditions.s3Problem = found === 'ready' ? undefined : problemText(state, found)
}

/**
 * The S3 relation changed, or there is another leader: the leader takes the repository into use and shows how that went. A
 * restore that is on its way comes first, and looks at the repository at its end.
 */
export async function s3Changed(state: CharmState): Promise<void> {
  const {host, conditions, progress} = state
  if (progress.restoring) return
  const leader = (await host.units()).find(unit => unit.leader)
  if (leader === undefined) return
  const lookup = await s3Parameters(host)
  if (!lookup.ok) {
    conditions.stanza = false
    conditions.s3Problem = undefined
    await showRole(state, leader.name)
    return
  }
  await host.setUnitStatus(leader.name, maintenance('initialising stanza'))
  await initialiseRepository(state)
  await settle(state, leader.name)
}

async function settle(state: CharmState, unit: string): Promise<void> {
  const {host, conditions} = state
  if (conditions.s3Problem === undefined) await showRole(state, unit)
  else await host.setUnitStatus(unit, blocked(conditions.s3Problem))
}
