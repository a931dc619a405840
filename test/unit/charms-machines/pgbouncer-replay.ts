import {pgbouncerCharm} from '../../charms/pgbouncer.ts'
import type {PgbouncerCharmId} from '../../charms/pgbouncer.ts'
import {replayOf} from './replay.ts'
import type {Replay} from './replay.ts'

interface DescribedCase {
  readonly name: string
  readonly charm: PgbouncerCharmId
  readonly output: {
    /** Parameters by action. */
    readonly actions: Readonly<Record<string, readonly string[]>>
    readonly subordinate: boolean
    readonly config: readonly string[]
    readonly peers: readonly string[]
    readonly containers: readonly string[]
  }
}

/** What PgBouncer's charms declare: no backups, and subordinate on machines. */
export const pgbouncerReplay: Replay = replayOf<DescribedCase>('pgbouncer/actions', async ({charm, output}) => {
  const {description} = pgbouncerCharm(charm)
  const parameters = Object.entries(description.actions).map(([name, spec]) => [name, Object.keys(spec.parameters)])
  return {
    played: {
      actions: Object.fromEntries(parameters) as Record<string, string[]>,
      subordinate: description.subordinate ?? false,
      config: Object.keys(description.options).sort(),
      peers: Object.keys(description.peers),
      containers: Object.keys(description.containers ?? {}),
    },
    recorded: {...output, config: [...output.config].sort()},
  }
})
