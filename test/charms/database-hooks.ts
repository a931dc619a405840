import type {CharmEvent} from './machine.ts'

/** What a charm does when something happens to its units, or to the relation that its bucket comes from. */
export interface DatabaseHooks {
  readonly s3Endpoint: string
  readonly engine: {started(unit: string): void; crashed(unit: string): void}
  /** Takes note of who is there. */
  unitsChanged(): Promise<unknown>
  s3Changed(): Promise<void>
  updateStatus(unit: string): Promise<void>
}

/** The hooks in which the charms of MongoDB and MySQL do alike; PostgreSQL's does more in most of them. */
export async function databaseHook(event: CharmEvent, charm: DatabaseHooks): Promise<void> {
  switch (event.kind) {
    case 'update-status':
      await charm.updateStatus(event.unit)
      break
    case 'relation-changed':
      if (event.endpoint === charm.s3Endpoint) await charm.s3Changed()
      break
    case 'units-changed':
      await charm.unitsChanged()
      break
    case 'start':
      await charm.unitsChanged()
      charm.engine.started(event.unit)
      await charm.updateStatus(event.unit)
      break
    case 'crash':
      charm.engine.crashed(event.unit)
      break
    case 'config-changed':
    case 'leader-elected':
    case 'upgrade-charm':
    case 'stop':
      break
  }
}
