import {JujuFault, notFound} from '../juju-fault.ts'

interface StringsWatcher {
  /** What is new since the last time; the first answer came with the watcher. */
  readonly poll: () => readonly string[]
  stopped: boolean
  wake: (() => void) | undefined
}

/** The watchers of one connection. */
export class Watchers {
  readonly #prefix: string
  readonly #byId = new Map<string, StringsWatcher>()
  #next = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** @param poll returns what is new since it was called last */
  add(poll: () => readonly string[]): string {
    this.#next += 1
    const id = `${this.#prefix}-${this.#next}`
    this.#byId.set(id, {poll, stopped: false, wake: undefined})
    return id
  }

  /** Resolves when there is something new. @throws JujuFault when the watcher is unknown or was stopped */
  async next(id: string): Promise<readonly string[]> {
    const watcher = this.#get(id)
    for (;;) {
      if (watcher.stopped) throw new JujuFault('watcher has been stopped', 'stopped')
      const fresh = watcher.poll()
      if (fresh.length > 0) return fresh
      await new Promise<void>(resolve => {
        watcher.wake = resolve
      })
    }
  }

  /** Something in the world changed: waiting calls look again. */
  wakeAll(): void {
    for (const watcher of this.#byId.values()) watcher.wake?.()
  }

  stop(id: string): void {
    const watcher = this.#get(id)
    this.#byId.delete(id)
    watcher.stopped = true
    watcher.wake?.()
  }

  stopAll(): void {
    for (const id of this.#byId.keys()) this.stop(id)
  }

  #get(id: string): StringsWatcher {
    const watcher = this.#byId.get(id)
    if (watcher === undefined) throw notFound(`watcher "${id}" not found`)
    return watcher
  }
}
