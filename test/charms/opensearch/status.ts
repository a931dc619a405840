import {active, unitView} from '../statuses.ts'
import type {OpensearchState} from './state.ts'

/** A unit shows what there is to tell of it, or that all is well. */
export async function showUnit(state: OpensearchState, name: string): Promise<void> {
  const unit = await unitView(state.host, name)
  await state.host.setUnitStatus(name, (await state.dialect.shown(state, unit)) ?? active)
}

export async function showAll(state: OpensearchState): Promise<void> {
  for (const {name} of await state.host.units()) await showUnit(state, name)
}
