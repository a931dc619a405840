import {createServer} from 'node:http'
import type {IncomingMessage, Server, ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text as textOfStream} from 'node:stream/consumers'
import type {WorkloadStatus} from '../charms/machine.ts'
import type {SimulatedJuju} from './simulator.ts'
import type {TaskStatus} from './world/operations.ts'
import {faultOperations} from './control-faults.ts'

/** A command to the control port; which fields count depends on `op`. */
export interface Command {
  readonly op: string
  /** UUID; absent: the first model. */
  readonly model?: string
  readonly task?: string
  readonly unit?: string
  readonly app?: string
  readonly action?: string
  readonly user?: string
  readonly relation?: number
  readonly ends?: readonly [string, string]
  readonly status?: string
  readonly agent?: string
  readonly message?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly results?: Readonly<Record<string, unknown>>
  readonly data?: Readonly<Record<string, string>>
  readonly log?: readonly string[]
  readonly fault?: string
  readonly call?: string
  readonly code?: string
  readonly ms?: number
  readonly times?: number
  readonly on?: boolean
}

export type ControlOperation = (juju: SimulatedJuju, command: Command) => unknown

const ok = {ok: true}

/** The commands that the real server's control port has too, with the same names and answers. */
const agentOperations: Readonly<Record<string, ControlOperation>> = {
  tasks: ({control}, {model}) => control.model(model).tasks(),
  'open-tasks': ({control}, {model}) =>
    control
      .model(model)
      .tasks()
      .filter(({status}) => ['pending', 'running', 'aborting'].includes(status)),
  start: ({control}, {model, task = ''}) => done(control.model(model).start(task)),
  log: ({control}, {model, task = '', log = []}) => done(control.model(model).log(task, ...log)),
  finish: ({control}, {model, task = '', status = 'completed', message = '', results = {}}) =>
    done(control.model(model).finish(task, {status: status as TaskStatus, message, results})),
  units: ({control}, {model, app = ''}) => control.model(model).units(app),
  application: ({control}, {model, app = ''}) => {
    const held = control.model(model)
    const {charmUrl, scale} = held.application(app)
    const units = held.units(app)
    return {
      charm: charmUrl,
      downloaded: true,
      scale,
      units,
      config: held.application(app).settings(),
      relations: held.relations(app),
    }
  },
  'unit-status': ({control}, {model, unit = '', status = '', agent = '', message = ''}) => {
    if (agent !== '') control.model(model).setAgentStatus(unit, agent, message)
    if (status !== '') control.model(model).setUnitStatus(unit, status as WorkloadStatus, message)
    return ok
  },
  leader: ({control}, {model, unit = ''}) => done(control.model(model).setLeader(unit.replace(/\/\d+$/, ''), unit)),
  config: ({control}, {model, app = ''}) => control.model(model).application(app).settings(),
  'set-config': async ({control}, {model, app = '', data = {}}) =>
    done(await control.model(model).setConfig(app, data)),
  relations: ({control}, {model, app = ''}) => control.model(model).relations(app),
  publish: ({control}, {model, app = '', relation = -1, data = {}}) =>
    done(control.model(model).publish(app, relation, data)),
  upgrading: ({faults}, {status}) => done(faults.upgrade(status === 'on')),
}

/** What only the simulator has. */
const worldOperations: Readonly<Record<string, ControlOperation>> = {
  calls: ({calls}) => calls.all,
  enqueue: ({control}, {model, unit = '', action = '', parameters = {}, user}) => ({
    task: control.model(model).enqueue(unit, action, parameters, user),
  }),
  hold: ({control}, {model, unit = ''}) => done(control.model(model).holdUnit(unit)),
  release: ({control}, {model, unit = ''}) => done(control.model(model).releaseUnit(unit)),
  'kill-agent': ({control}, {model, unit = ''}) => done(control.model(model).killAgent(unit)),
  'lose-leader': ({control}, {model, app = ''}) => done(control.model(model).setLeader(app, undefined)),
  'add-unit': async ({control}, {model, app = ''}) => ({unit: await control.model(model).addUnit(app)}),
  'remove-unit': async ({control}, {model, unit = ''}) => done(await control.model(model).removeUnit(unit)),
  relate: async ({control}, {model, ends = ['', '']}) => ({relation: await control.model(model).relate(...ends)}),
  unrelate: async ({control}, {model, relation = -1}) => done(await control.model(model).unrelate(relation)),
  prune: ({control}, {model}) => done(control.model(model).pruneOperations()),
}

const operations: Readonly<Record<string, ControlOperation>> = {
  ...agentOperations,
  ...worldOperations,
  ...faultOperations,
}

/** Names of all commands, for help texts. */
export const controlOperations: readonly string[] = Object.keys(operations)

/** A loopback HTTP endpoint (POST with one JSON command) to the simulator's control, faults and call log. */
export class ControlPort {
  readonly #http: Server

  constructor(juju: SimulatedJuju) {
    this.#http = createServer((request, response) => void answer(juju, request, response))
  }

  /** @returns its URL */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject)
      this.#http.listen(port, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections()
    await new Promise<void>(resolve => this.#http.close(() => resolve()))
  }
}

async function answer(juju: SimulatedJuju, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [status, body] = await perform(juju, request).then(
    result => [200, result] as const,
    (error: unknown) => [500, {error: error instanceof Error ? error.message : String(error)}] as const,
  )
  response.writeHead(status, {'content-type': 'application/json'}).end(`${JSON.stringify(body)}\n`)
}

/** @throws Error for a command that is unknown or about something that is not there */
async function perform(juju: SimulatedJuju, request: IncomingMessage): Promise<unknown> {
  const command = JSON.parse(await textOfStream(request)) as Command
  const operation = Object.hasOwn(operations, command.op) ? operations[command.op] : undefined
  if (operation === undefined) throw new Error(`unknown op ${JSON.stringify(command.op)}`)
  return operation(juju, command)
}

function done(_nothing: undefined | void): {ok: boolean} {
  return ok
}
