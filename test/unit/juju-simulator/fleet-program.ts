import {once} from 'node:events'
import {systemClock} from '../../../src/time/clock.ts'
import {fleet} from '../../juju-simulator/fleet.ts'
import {startSimulatedJuju} from '../../juju-simulator/simulator.ts'

// A fleet in a process of its own, so that its time and memory can be told from those of its clients. Ends with its input.

/** What the program prints, as one line, once it can be logged in to; after the end of its input, `Ended`. */
export interface Started {
  readonly endpoint: string
  readonly caCertificate: string
  readonly username: string
  readonly password: string
  readonly models: readonly string[]
  /** of real time */
  readonly startMs: number
  /** of a processor: does not grow with what else the machine does */
  readonly startCpuMs: number
}

export interface Ended {
  /** What the process held at its end, with all clients connected. */
  readonly residentMiB: number
  readonly heapMiB: number
}

const mib = (bytes: number): number => Math.round(bytes / 1024 ** 2)
const line = (value: Started | Ended): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

const began = performance.now()
const cpuBefore = process.cpuUsage()
const models = fleet({clock: systemClock, models: Number(process.argv[2]), seed: 5}).map(({seed}) => seed)
const juju = await startSimulatedJuju({profile: '3.6.14', models, seed: 5})
const {endpoint, caCertificate, username, password, world} = juju
const startMs = Math.round(performance.now() - began)
const {user, system} = process.cpuUsage(cpuBefore)
const startCpuMs = Math.round((user + system) / 1000)
line({endpoint, caCertificate, username, password, models: [...world.models.keys()], startMs, startCpuMs})
process.stdin.resume()
await once(process.stdin, 'end')
const {rss, heapUsed} = process.memoryUsage()
line({residentMiB: mib(rss), heapMiB: mib(heapUsed)})
await juju.stop()
