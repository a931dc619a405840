import {readS3Parameters} from '../s3-parameters.ts'
import type {PbmState} from './pbm-state.ts'
import {isShard, s3Relation} from './state.ts'
import type {MongodbState, ShownStatus} from './state.ts'

/** The unit shows a state of PBM at once, whatever else it has to tell. */
export async function show({host, dialect}: MongodbState, unit: string, state: PbmState): Promise<void> {
  const status = dialect.statusOf(state)
  if (status !== undefined) await setStatus(host, unit, status)
}

/** The hook `update-status`: the unit shows its member and, unless all is well with it, PBM. */
export async function updateStatus(state: MongodbState, unit: string): Promise<void> {
  const {host, dialect} = state
  if ((await isShard(state)) && (await s3Relation(state)) !== undefined) {
    await setStatus(host, unit, dialect.invalidIntegration)
    return
  }
  const pbm = dialect.statusOf(await dialect.pbmState(state, unit))
  await setStatus(host, unit, dialect.shown(await ownStatus(state, unit), pbm))
}

/**
 * The S3 relation changed: PBM gets its configuration, once the relation holds what the charm needs. In track 8 that is the
 * leader's work; the other units forget what they had to tell of PBM until their next `update-status`.
 */
export async function s3Changed(state: MongodbState): Promise<void> {
  const {host, engine, dialect} = state
  const relation = await s3Relation(state)
  const reading = readS3Parameters(relation?.data ?? {})
  if (relation !== undefined && !reading.ok) return
  const shard = await isShard(state)
  const isConfigured = reading.ok && !shard ? (await engine.configure(reading.s3)).ok : undefined
  for (const {name, leader} of await host.units()) {
    const configures = shard || dialect.everyUnitConfigures || leader
    if (configures && isConfigured === false) await show(state, name, {kind: 'cannot configure'})
    else if (configures) await updateStatus(state, name)
    else await setStatus(host, name, await ownStatus(state, name))
  }
}

async function ownStatus({engine, dialect}: MongodbState, unit: string): Promise<ShownStatus> {
  return dialect.memberStatus(await engine.member(unit), (await engine.primary()) !== undefined)
}

async function setStatus(host: MongodbState['host'], unit: string, {status, message}: ShownStatus): Promise<void> {
  await host.setUnitStatus(unit, {status, message})
}
