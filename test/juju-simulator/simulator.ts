import {randomInt} from 'node:crypto'
import {systemClock} from '../../src/time/clock.ts'
import type {Clock} from '../../src/time/clock.ts'
import type {Charm} from '../charms/machine.ts'
import type {ModelSeed} from '../charms/model-seed.ts'
import {CertificateAuthority} from '../env/certificates.ts'
import {CallLog} from './call-log.ts'
import {certificateNames} from './certificate-names.ts'
import {Control} from './control.ts'
import {CallFaults} from './faults.ts'
import {profiles} from './profiles.ts'
import type {ProfileName} from './profiles.ts'
import type {Quirks} from './quirks.ts'
import {FrameCheck} from './rpc/frame-check.ts'
import {JujuServer} from './rpc/server.ts'
import {ServerFaults} from './server-faults.ts'
import {CharmStore} from './world/charm-store.ts'
import {usualPace} from './world/pace.ts'
import type {Pace} from './world/pace.ts'
import {World} from './world/world.ts'
import type {UserSeed} from './world/world.ts'

export interface SimulatedJujuOptions {
  readonly profile: ProfileName
  /** At least one; the first is the one that `modelUUID` names. */
  readonly models: readonly ModelSeed[]
  /** Default: the machine's time. */
  readonly clock?: Clock
  /** Default: `admin` (superuser), `operator`, `viewer`, `nobody`, each with the password `<name>-secret`. */
  readonly users?: readonly UserSeed[]
  /** Secrets of JAAS service accounts by client id; with any, this is JAAS, which refuses passwords. */
  readonly serviceAccounts?: Readonly<Record<string, string>>
  /** Sessions of JAAS by token, until `expires` (ms since the epoch, by the clock); with any, this is JAAS too. */
  readonly sessionTokens?: Readonly<Record<string, {readonly user: string; readonly expires: number}>>
  /** Switches that differ from the profile's. */
  readonly quirks?: Partial<Quirks>
  readonly controllerUUID?: string
  /** Default: any. */
  readonly port?: number
  /** How often `update-status` runs, in ms of the clock; 0: never. Default: five minutes, as in Juju. */
  readonly updateStatusEvery?: number
  /** How long units take to come, go and take up a charm. Default: `usualPace`. */
  readonly pace?: Partial<Pace>
  /** Everything random comes from it: the same seed gives the same Juju. Default: any, see `SimulatedJuju.seed`. */
  readonly seed?: number
  /** `external`: no charm code runs in here; somebody plays the agents through the control. Default `machines`. */
  readonly agents?: 'machines' | 'external'
  /** Revisions of charms that the simulated Charmhub has; default: Charmhub cannot be reached. */
  readonly charmhub?: readonly Charm[]
  /** Requests must fit the schemas too. Default true; a test that sends odd ones on purpose turns it off. */
  readonly checksParams?: boolean
}

/** A Juju controller in this process. */
export interface SimulatedJuju {
  /** `host:port` */
  readonly endpoint: string
  /** PEM of the controller's authority; its server certificate is for `juju-apiserver` and `localhost`. */
  readonly caCertificate: string
  /** May write in the first model, as an operator's user should. */
  readonly username: string
  readonly password: string
  readonly controllerUUID: string
  readonly modelUUID: string
  readonly control: Control
  readonly calls: CallLog
  readonly faults: ServerFaults
  readonly world: World
  readonly server: JujuServer
  /** Starts the same Juju again when it is handed in. */
  readonly seed: number
  /** @throws Error when a charm machine failed or a frame did not fit its schema */
  stop(): Promise<void>
}

const minute = 60_000
const defaultUsers: readonly UserSeed[] = [
  {name: 'admin', password: 'admin-secret', superuser: true},
  {name: 'operator', password: 'operator-secret'},
  {name: 'viewer', password: 'viewer-secret'},
  {name: 'nobody', password: 'nobody-secret'},
]

/** Starts a simulated Juju controller on loopback, with everything in it settled. */
export async function startSimulatedJuju(options: SimulatedJujuOptions): Promise<SimulatedJuju> {
  const world = makeWorld(options)
  for (const model of options.models) await world.addModel(model)
  const [first] = world.models.keys()
  if (first === undefined) throw new Error('a simulated Juju needs a model')
  const authority = new CertificateAuthority('simulated Juju')
  const calls = new CallLog()
  const faults = new CallFaults()
  const check = new FrameCheck(options.checksParams ?? true)
  const server = new JujuServer(authority.issue(certificateNames), {world, calls, faults, check})
  world.onChange(() => {
    for (const connection of server.connections) connection.watchers.wakeAll()
  })
  await server.listen(options.port)
  return {
    endpoint: `127.0.0.1:${server.port}`,
    caCertificate: authority.certificate,
    username: 'operator',
    password: world.users.get('operator')?.password ?? '',
    controllerUUID: world.controllerUUID,
    modelUUID: first,
    control: new Control(world, first),
    calls,
    faults: new ServerFaults(world, server, faults),
    world,
    server,
    seed: world.chance.seed,
    stop: async () => {
      world.stop()
      await server.stop()
      check.assertClean()
      world.agents.check()
    },
  }
}

function makeWorld(options: SimulatedJujuOptions): World {
  const {profile: name, clock = systemClock, users = defaultUsers, controllerUUID} = options
  const profile = profiles[name]
  const updateStatusEvery = options.updateStatusEvery ?? 5 * minute
  const world = new World({
    clock,
    profile,
    quirks: options.quirks ?? {},
    controllerUUID,
    updateStatusEvery,
    agents: options.agents ?? 'machines',
    pace: {...usualPace, ...options.pace},
    seed: options.seed ?? randomInt(2 ** 32),
    charmhub: options.charmhub === undefined ? undefined : new CharmStore(options.charmhub),
  })
  for (const user of users) world.addUser(user)
  for (const [id, secret] of Object.entries(options.serviceAccounts ?? {})) world.serviceAccounts.set(id, secret)
  for (const [token, session] of Object.entries(options.sessionTokens ?? {})) world.sessionTokens.set(token, session)
  return world
}
