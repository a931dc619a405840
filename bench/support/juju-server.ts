import {spawn} from 'node:child_process'
import path from 'node:path'
import {createInterface} from 'node:readline'

/** Where a simulated Juju is, and who may log in. */
export interface JujuPlace {
  readonly endpoint: string
  readonly caCertificate: string
  readonly username: string
  readonly password: string
  /** the big model first */
  readonly modelUUIDs: readonly string[]
}

/** A simulated Juju in a process of its own, so that its work is not counted as the client's. */
export interface JujuServer extends JujuPlace {
  stop(): void
}

/** @param units of the first model's database @param smallModels how many small models there are beside it */
export async function startJujuServer(units: number, smallModels: number): Promise<JujuServer> {
  const script = path.resolve(import.meta.dirname, '../children/juju-server.ts')
  const child = spawn(process.execPath, [script, String(units), String(smallModels)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface(child.stdout))
    return {...(JSON.parse(line) as JujuPlace), stop: () => void child.kill()}
  throw new Error('the simulated Juju ended before it listened')
}
