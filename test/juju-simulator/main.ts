import {parseArgs} from 'node:util'
import {systemClock} from '../../src/time/clock.ts'
import type {PostgresqlCharmId} from '../charms/postgresql/dialect.ts'
import {dialects} from '../charms/postgresql/dialect.ts'
import {memoryPostgresqlModel} from '../charms/postgresql-model.ts'
import {helpOf} from './control-command.ts'
import {faultSwitches} from './control-faults.ts'
import {controlOperations, ControlPort} from './control-port.ts'
import type {ProfileName} from './profiles.ts'
import {profiles} from './profiles.ts'
import {startSimulatedJuju} from './simulator.ts'

const help = `Usage: npm run juju-simulator -- [options]

A simulated Juju controller with one model: PostgreSQL in memory on three units, and an s3-integrator.
Prints endpoint, CA certificate and credentials as one line of JSON, and runs until SIGTERM or Ctrl-C.

  --juju VERSION         ${Object.keys(profiles).join(', ')} (default 3.6.14)
  --charm ID             ${Object.keys(dialects).join(', ')} (default postgresql-14)
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
  const profile = oneOf<ProfileName>('juju', values.juju, profiles)
  const charm = oneOf<PostgresqlCharmId>('charm', values.charm, dialects)
  const backup = number('backup-seconds', values['backup-seconds']) * 1000
  const durations = {full: backup, diff: backup, incr: backup}
  const {seed} = memoryPostgresqlModel({clock: systemClock, charm, durations})
  const juju = await startSimulatedJuju({
    profile,
    models: [seed],
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

function oneOf<T extends string>(option: string, value: string, choices: Readonly<Record<T, unknown>>): T {
  if (Object.hasOwn(choices, value)) return value as T
  throw new RangeError(`--${option} is one of ${Object.keys(choices).join(', ')}, not ${value}`)
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
