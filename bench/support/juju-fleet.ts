import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import path from 'node:path'
import type {JujuPlace} from './juju-server.ts'

/** How many backups were asked for, which calls came, and: the time of all backups that run is over. */
export type FleetQuestion = 'enqueued' | 'calls' | 'end'

export interface FleetAnswer {
  /** for `enqueued` */
  readonly count?: number
  /** for `enqueued`: when the last of them came, ms since the epoch */
  readonly lastAt?: number
  /** for `enqueued`: when each of them came, in that order */
  readonly times?: readonly number[]
  /** for `calls`: how often each `Facade.Method` came since the start */
  readonly counts?: Readonly<Record<string, number>>
}

/** A simulated Juju with many models in a process of its own. Ask one thing at a time. */
export class JujuFleet {
  readonly place: JujuPlace
  readonly #child: ChildProcess
  /** rejects when the process is over */
  readonly #ended: Promise<never>

  private constructor(child: ChildProcess, ended: Promise<never>, place: JujuPlace) {
    this.#child = child
    this.#ended = ended
    this.place = place
  }

  /**
   * @param applications databases in each model, on three units each
   * @param backupMs how long a backup takes; ten minutes or more: until the question `end`
   */
  static async start(models: number, applications: number, backupMs = 600_000): Promise<JujuFleet> {
    const script = path.resolve(import.meta.dirname, '../children/juju-fleet.ts')
    const child = fork(script, [String(models), String(applications), String(backupMs)])
    const ended = endOf(child)
    ended.catch(() => undefined)
    const [place] = (await Promise.race([once(child, 'message'), ended])) as [JujuPlace]
    return new JujuFleet(child, ended, place)
  }

  async ask(question: FleetQuestion): Promise<FleetAnswer> {
    const answer = Promise.race([once(this.#child, 'message'), this.#ended])
    this.#child.send(question)
    const [value] = (await answer) as [FleetAnswer]
    return value
  }

  stop(): void {
    this.#child.disconnect()
  }
}

/** @throws Error when the process ends before it has answered */
async function endOf(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`the simulated Juju ended with exit code ${code}`)
}
