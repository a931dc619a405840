import {parseArgs} from 'node:util'
import {systemClock} from '../../src/time/clock.ts'
import {integratedSeed} from '../charms/integrated-model.ts'
import {
  databaseCharmIds,
  databaseCharmLines,
  isPostgresql,
  memoryDatabase,
  s3EndpointOf,
} from '../charms/memory-database.ts'
import {withPooler} from '../charms/pooler.ts'
import {helpOf} from './control-command.ts'
import {faultSwitches} from './control-faults.ts'
import {controlOperations, ControlPort} from './control-port.ts'
import {profileNames} from './profiles.ts'
import {startSimulatedJuju} from './simulator.ts'

const help = `Usage: npm run juju-simulator -- [options]

A simulated Juju controller with one model: a database in memory on three units, and an s3-integrator.
Prints endpoint, CA certificate and credentials as one line of JSON, and runs until SIGTERM or Ctrl-C.

  --juju VERSION         ${profileNames.join(', ')} (default 3.6.14)
  --charm ID             the database (default postgresql-14), one of
                         ${databaseCharmLines.join('\n                         ')}
  --pooler               PgBouncer in front of PostgreSQL: beside its units on machines, one unit on Kubernetes
  --port PORT            API port on 127.0.0.1 (default: any)
  --control-port PORT    control port on 127.0.0.1, plain HTTP (default: any)
  --backup-seconds N     how long a backup takes (default 5)
  --seed N               the same seed gives the same Juju (default: any, printed)
  --help

The control port takes one JSON command per POST, for example
  curl -d '{"op": "fault", "fault": "drop-reply", "call": "Action.EnqueueOperation"}' http://127.0.0.1:PORT
A command is about the first model unless it names another one by its UUID as model.

op:
${helpOf(controlOperations)}

fault:
${helpOf(faultSwitches)}
`

async function main(): Promise<number> {
  const {values} = parseArgs({
    options: {
      juju: {type: 'string', default: '3.6.14'},
      charm: {type: 'string', default: 'postgresql-14'},
      pooler: {type: 'boolean', default: false},
      port: {type: 'string', default: '0'},
      'control-port': {type: 'string', default: '0'},
      'backup-seconds': {type: 'string', default: '5'},
      seed: {type: 'string'},
      help: {type: 'boolean', default: false},
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const profile = oneOf('juju', values.juju, profileNames)
  const backup = number('backup-seconds', values['backup-seconds']) * 1000
  const charm = oneOf('charm', values.charm, databaseCharmIds)
  if (values.pooler && !isPostgresql(charm)) throw new RangeError(`--pooler goes with PostgreSQL, not with ${charm}`)
  const database = memoryDatabase(charm, {clock: systemClock, backup})
  const alone = integratedSeed(database.charm, s3EndpointOf(charm), {})
  const juju = await startSimulatedJuju({
    profile,
    models: [values.pooler ? withPooler(alone) : alone],
    port: number('port', values.port),
    checksParams: false,
    ...(values.seed === undefined ? {} : {seed: number('seed', values.seed)}),
  })
  const control = new ControlPort(juju)
  const url = await control.listen(number('control-port', values['control-port']))
  const {endpoint, caCertificate, username, password, controllerUUID, modelUUID} = juju
  const line = {endpoint, caCertificate, username, password, controllerUUID, modelUUID, control: url, seed: juju.seed}
  process.stdout.write(`${JSON.stringify(line)}\n`)
  await stopSignal()
  await control.close()
  await juju.stop()
  return 0
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find(choice => choice === value)
  if (found === undefined) throw new RangeError(`--${option} is one of ${choices.join(', ')}, not ${value}`)
  return found
}

function number(option: string, value: string): number {
  const parsed = Number(value)
  if (Number.isFinite(parsed) && parsed >= 0) return parsed
  throw new RangeError(`--${option} is a number, not ${value}`)
}

function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`)
  process.exitCode = 2
}
