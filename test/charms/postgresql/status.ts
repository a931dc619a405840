import {s3Parameters} from './s3-parameters.ts'
import {active, anotherCluster, blocked, maintenance, pitrImpossible, stanzaOf, unitView} from './state.ts'
import type {CharmState} from './state.ts'

/**
 * The hook `update-status`. It leaves a blocked unit alone, whatever the reason: so does the charm, which makes
 * `Failed to restore backup` a dead end.
 */
export async function updateStatus(state: CharmState, unitName: string): Promise<void> {
  const {host, engine} = state
  const unit = await unitView(state, unitName)
  if (unit.status.status === 'blocked') return
  if (state.restoring && !(await followRestore(state, unitName))) return
  if (state.conditions.s3Problem !== undefined && unit.leader) {
    await host.setUnitStatus(unitName, blocked(state.conditions.s3Problem))
    return
  }
  const isPrimary = (await engine.primary()) === unitName
  await host.setUnitStatus(unitName, isPrimary ? {status: 'active', message: await primaryText(state)} : active)
}

/** @returns true when the restore ended well */
async function followRestore(state: CharmState, unit: string): Promise<boolean> {
  const {host, engine} = state
  const found = await engine.restoreState()
  if (found === 'running') return false
  if (found === 'failed') await host.setUnitStatus(unit, blocked('Failed to restore backup'))
  if (found === 'pitr-failed') await host.setUnitStatus(unit, blocked(pitrImpossible))
  if (found === 'failed' || found === 'pitr-failed') return false
  state.restoring = false
  await initialiseRepository(state)
  return true
}

async function primaryText({host, engine}: CharmState): Promise<string> {
  const units = await host.units()
  const members = await Promise.all(units.map(unit => engine.member(unit.name)))
  const running = members.filter(member => member.online && member.started).length
  if (running === units.length) return 'Primary'
  return running * 2 > units.length ? 'Primary (degraded)' : 'Primary (read-only)'
}

const problems = {
  'another-cluster': anotherCluster,
  'no-access': 'failed to access/create the bucket, check your S3 settings',
  'stanza-failed': 'failed to initialize stanza, check your S3 settings',
} as const

async function initialiseRepository(state: CharmState): Promise<void> {
  const {host, engine, conditions} = state
  const lookup = await s3Parameters(host)
  if (!lookup.ok) return
  const found = await engine.initialise(lookup.s3, stanzaOf(state), host.model.uuid)
  conditions.stanza = found === 'ready'
  conditions.s3Problem = found === 'ready' ? undefined : problems[found]
}

/** The S3 relation changed: the leader takes the repository into use and shows how that went. */
export async function s3Changed(state: CharmState): Promise<void> {
  const {host, conditions} = state
  const leader = (await host.units()).find(unit => unit.leader)
  if (leader === undefined) return
  const lookup = await s3Parameters(host)
  if (!lookup.ok) {
    conditions.stanza = false
    conditions.s3Problem = undefined
    await settle(state, leader.name)
    return
  }
  await host.setUnitStatus(leader.name, maintenance('initialising stanza'))
  await initialiseRepository(state)
  await settle(state, leader.name)
}

async function settle(state: CharmState, unit: string): Promise<void> {
  const {host, engine, conditions} = state
  if (conditions.s3Problem !== undefined) {
    await host.setUnitStatus(unit, blocked(conditions.s3Problem))
    return
  }
  const isPrimary = (await engine.primary()) === unit
  await host.setUnitStatus(unit, isPrimary ? {status: 'active', message: await primaryText(state)} : active)
}
