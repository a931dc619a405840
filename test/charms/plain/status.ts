import {active, unitView} from '../statuses.ts'
import type {PlainState} from './state.ts'

/** A unit shows what there is to tell of it, or that all is well. */
export async function showUnit<Conditions>(state: PlainState<Conditions>, name: string): Promise<void> {
  const unit = await unitView(state.host, name)
  await state.host.setUnitStatus(name, (await state.dialect.shown(state, unit)) ?? active)
}

/** What one unit learns, the others learn from their peer relation. */
export async function showAll<Conditions>(state: PlainState<Conditions>): Promise<void> {
  for (const {name} of await state.host.units()) await showUnit(state, name)
}
