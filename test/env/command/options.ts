import {resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {databaseCharmIds, databaseCharmLines, isPostgresql, type DatabaseCharmId} from '../../charms/memory-database.ts'
import {jujuKinds, type JujuKind} from '../juju/running-juju.ts'

const root = resolve(import.meta.dirname, '../../..')

export const help = `Usage: npm run env -- up|down|status|install [options]

  up        starts a Kubernetes API server, an S3 server and a Juju with a database, in the background, on loopback
  down      stops all of it
  status    says what runs
  install   builds and installs the parts, and starts nothing

  --juju KIND       ${jujuKinds.join(', ')} (default 3.6.14; real = Juju's own API server)
  --charm ID        the database (default postgresql-14), one of
                    ${databaseCharmLines.join('\n                    ')}
  --pooler          PgBouncer in front of PostgreSQL: beside its units on machines (on a simulated Juju only), one
                    unit on Kubernetes
  --simulated       PostgreSQL in memory instead of a real one; MySQL and MongoDB are always in memory
  --dir DIRECTORY   where the files go (default .env)
  --help
`

export const commands = ['up', 'down', 'status', 'install'] as const
export type Command = (typeof commands)[number]

export interface Options {
  readonly command: Command
  readonly directory: string
  readonly juju: JujuKind
  readonly charm: DatabaseCharmId
  readonly pooler: boolean
  /** The database is in memory; only PostgreSQL can be a real one. */
  readonly simulated: boolean
}

/** @returns undefined when help is wanted @throws RangeError, TypeError that say what is wrong with the arguments */
export function parseOptions(args: readonly string[]): Options | undefined {
  const {values, positionals} = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      juju: {type: 'string', default: '3.6.14'},
      charm: {type: 'string', default: 'postgresql-14'},
      pooler: {type: 'boolean', default: false},
      simulated: {type: 'boolean', default: false},
      dir: {type: 'string', default: resolve(root, '.env')},
      help: {type: 'boolean', default: false},
    },
  })
  if (values.help) return undefined
  if (positionals.length !== 1) throw new RangeError(`one command is needed: ${commands.join(', ')}`)
  const charm = oneOf('--charm', values.charm, databaseCharmIds)
  const juju = oneOf('--juju', values.juju, jujuKinds)
  if (values.pooler && !isPostgresql(charm)) throw new RangeError(`--pooler goes with PostgreSQL, not with ${charm}`)
  if (values.pooler && juju === 'real' && !charm.includes('-k8s-'))
    throw new RangeError('--pooler on machines needs a simulated Juju: nobody plays subordinate units on the real one')
  return {
    command: oneOf('the command', positionals[0] ?? '', commands),
    directory: resolve(values.dir),
    juju,
    charm,
    pooler: values.pooler,
    simulated: values.simulated || !isPostgresql(charm),
  }
}

function oneOf<T extends string>(what: string, value: string, choices: readonly T[]): T {
  const found = choices.find(choice => choice === value)
  if (found === undefined) throw new RangeError(`${what} is one of ${choices.join(', ')}, not ${value}`)
  return found
}
