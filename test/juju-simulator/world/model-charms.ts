import type {Charm} from '../../charms/machine.ts'
import {charmUrl} from './charm-origin.ts'

/** The charms that a model holds: those it deployed, those that were uploaded, and those that AddCharm fetched. */
export class ModelCharms {
  readonly #byUrl = new Map<string, Charm>()

  /** A charm that is there already stays as it is. */
  add(charm: Charm): void {
    const url = charmUrl(charm.description)
    if (!this.#byUrl.has(url)) this.#byUrl.set(url, charm)
  }

  /** @param url with or without architecture and series, as the releases of Juju write it */
  get(url: string): Charm | undefined {
    const wanted = plain(url)
    return [...this.#byUrl].find(([known]) => plain(known) === wanted)?.[1]
  }

  get urls(): readonly string[] {
    return [...this.#byUrl.keys()]
  }

  get all(): readonly Charm[] {
    return [...this.#byUrl.values()]
  }
}

/** `ch:amd64/jammy/postgresql-468`, `ch:amd64/postgresql-468` and `ch:postgresql-468` are one charm. */
function plain(url: string): string {
  return url.replace(/^(\w+):.*?([^/]+)$/, '$1:$2')
}
