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
  const {host, engine, dialect} = state
  if ((await isShard(state)) && (await s3Relation(state)) !== undefined) {
    await setStatus(host, unit, dialect.invalidIntegration)
    return
  }
  const member = dialect.memberStatus(await engine.member(unit), (await engine.primary()) !== undefined)
  const pbm = dialect.statusOf(await dialect.pbmState(state, unit))
  await setStatus(host, unit, dialect.shown(member, pbm))
}

/** The S3 relation changed: PBM gets its configuration, once the relation holds what the charm needs. */
export async function s3Changed(state: MongodbState): Promise<void> {
  const {host, engine, dialect} = state
  const units = await host.units()
  const configuring = units.filter(unit => dialect.everyUnitConfigures || unit.leader).map(unit => unit.name)
  const reading = readS3Parameters((await s3Relation(state))?.data ?? {})
  if (reading.ok && !(await isShard(state))) {
    const run = await engine.configure(reading.s3)
    if (!run.ok) {
      for (const unit of configuring) await show(state, unit, {kind: 'cannot configure'})
      return
    }
  }
  for (const unit of configuring) await updateStatus(state, unit)
}

async function setStatus(host: MongodbState['host'], unit: string, {status, message}: ShownStatus): Promise<void> {
  await host.setUnitStatus(unit, {status, message})
}
