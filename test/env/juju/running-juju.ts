import type {ModelSeed} from '../../charms/model-seed.ts'
import {ControlPort} from '../../juju-simulator/control-port.ts'
import {startSimulatedJuju, type SimulatedJuju} from '../../juju-simulator/simulator.ts'
import type {Pace} from '../../juju-simulator/world/pace.ts'
import type {PartsOptions} from '../toolchain/parts.ts'
import {startRealJuju, type RealJuju} from './real-juju.ts'

/** Two simulated ones by the version that they play, and Juju's own API server. */
export const jujuKinds = ['3.6.14', '4.0.12', 'real'] as const
export type JujuKind = (typeof jujuKinds)[number]

export interface JujuPorts {
  readonly juju?: number
  readonly jujuControl?: number
}

export interface RunningJujuOptions extends PartsOptions {
  /** For the real one; made by start, removed by stop. */
  readonly dir: string
  readonly juju?: JujuKind
  readonly seed: ModelSeed
  readonly ports?: JujuPorts
  readonly updateStatusEvery?: number
  /** How long units of a simulated Juju take to come and go; on the real one they take no time of their own. */
  readonly pace?: Partial<Pace>
}

/** A Juju controller with one model, whichever kind it is. */
export interface RunningJuju {
  readonly kind: JujuKind
  /** `host:port` */
  readonly endpoint: string
  readonly caCertificate: string
  /** May write in the model, as an operator's user should. */
  readonly username: string
  readonly password: string
  readonly controllerUUID: string
  readonly modelUUID: string
  /** URL of the control port; the simulated and the real one take the same commands for agents. */
  readonly control: string
  readonly simulated: SimulatedJuju | undefined
  readonly real: RealJuju | undefined
  readonly processes: Readonly<Record<string, number>>
  stop(): Promise<void>
}

/** Starts a Juju; resolves when every application has settled. */
export async function startJuju(options: RunningJujuOptions): Promise<RunningJuju> {
  const {juju: kind = '3.6.14'} = options
  return kind === 'real' ? await startReal(options) : await startSimulated(kind, options)
}

async function startReal({seed, ports, ...rest}: RunningJujuOptions): Promise<RunningJuju> {
  const port = ports?.juju === undefined ? {} : {port: ports.juju}
  const controlPort = ports?.jujuControl === undefined ? {} : {controlPort: ports.jujuControl}
  const real = await startRealJuju({...rest, ...port, ...controlPort, models: [seed]})
  return {
    ...access('real', real, real.control),
    simulated: undefined,
    real,
    get processes() {
      return real.processes
    },
    stop: () => real.stop(),
  }
}

async function startSimulated(
  kind: '3.6.14' | '4.0.12',
  {seed, ports, updateStatusEvery, pace = {}}: RunningJujuOptions,
): Promise<RunningJuju> {
  const port = ports?.juju === undefined ? {} : {port: ports.juju}
  const often = updateStatusEvery === undefined ? {} : {updateStatusEvery}
  const options = {profile: kind, models: [seed], checksParams: false, pace, ...port, ...often}
  const simulated = await startSimulatedJuju(options)
  const controlPort = new ControlPort(simulated)
  const control = await controlPort.listen(ports?.jujuControl)
  return {
    ...access(kind, simulated, control),
    simulated,
    real: undefined,
    processes: {},
    stop: async () => {
      await controlPort.close()
      await simulated.stop()
    },
  }
}

function access(kind: JujuKind, juju: SimulatedJuju | RealJuju, control: string) {
  const {endpoint, caCertificate, username, password, controllerUUID, modelUUID} = juju
  return {kind, endpoint, caCertificate, username, password, controllerUUID, modelUUID, control}
}
