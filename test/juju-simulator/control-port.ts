import {createServer} from 'node:http'
import type {IncomingMessage, Server, ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {text as textOfStream} from 'node:stream/consumers'
import {agentOperations} from './control-agents.ts'
import type {Command, ControlOperations} from './control-command.ts'
import {faultOperations} from './control-faults.ts'
import {worldOperations} from './control-world.ts'
import type {SimulatedJuju} from './simulator.ts'

/** All commands by name. */
export const controlOperations: ControlOperations = {...agentOperations, ...worldOperations, ...faultOperations}

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
  const operation = Object.hasOwn(controlOperations, command.op) ? controlOperations[command.op] : undefined
  if (operation === undefined) throw new Error(`unknown op ${JSON.stringify(command.op)}`)
  return operation.run(juju, command)
}
