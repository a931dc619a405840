import {databaseHook} from '../database-hooks.ts'
import type {DatabaseHooks} from '../database-hooks.ts'
import type {CharmEvent, CharmHost, UnitStatus, UnitView} from '../machine.ts'
import {active, unitView} from '../statuses.ts'
import {s3Endpoint} from './state.ts'

/** A charm whose units show what its dialect tells of them. */
interface Showing<State> {
  readonly host: CharmHost
  readonly dialect: {readonly shown: (state: State, unit: UnitView) => Promise<UnitStatus | undefined>}
}

/** A unit shows what there is to tell of it, or that all is well. */
export async function showUnit<State extends Showing<State>>(state: State, name: string): Promise<void> {
  const unit = await unitView(state.host, name)
  await state.host.setUnitStatus(name, (await state.dialect.shown(state, unit)) ?? active)
}

/** What one unit learns, the others learn from their peer relation. */
export async function showAll<State extends Showing<State>>(state: State): Promise<void> {
  for (const {name} of await state.host.units()) await showUnit(state, name)
}

/** In each hook such a charm looks at what there is to show. */
export function showingHook<State extends Showing<State> & Pick<DatabaseHooks, 'engine'>>(
  state: State,
  event: CharmEvent,
): Promise<void> {
  if (event.kind === 'leader-elected') return showAll(state)
  return databaseHook(event, {
    s3Endpoint,
    engine: state.engine,
    unitsChanged: async () => undefined,
    s3Changed: () => showAll(state),
    updateStatus: unit => showUnit(state, unit),
  })
}
