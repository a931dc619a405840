import type {Charm} from '../../charms/machine.ts'
import type {ActionSpec} from '../../charms/charm.ts'
import {charmUrl} from './charm-origin.ts'

/** The charms that a model holds: those it deployed, those that were uploaded, and those that AddCharm fetched. */
export class ModelCharms {
  readonly #byUrl = new Map<string, Charm>()
  /** URLs of those of which only Charmhub's description is there. */
  readonly #announced = new Set<string>()

  /** A charm that is there already stays as it is. */
  add(charm: Charm): void {
    const url = charmUrl(charm.description)
    if (!this.#byUrl.has(url)) this.#byUrl.set(url, charm)
  }

  /** Writes down what Charmhub says of a charm; its archive, and its actions with it, are to be downloaded. */
  announce(charm: Charm): void {
    const url = charmUrl(charm.description)
    if (this.#byUrl.has(url)) return
    this.#byUrl.set(url, charm)
    this.#announced.add(url)
  }

  /** The charm's archive has come. */
  download(charm: Charm): void {
    this.#announced.delete(charmUrl(charm.description))
  }

  isDownloaded(charm: Charm): boolean {
    return !this.#announced.has(charmUrl(charm.description))
  }

  /** The actions that the model knows of the charm: none before its archive has come. */
  actionsOf(charm: Charm): Readonly<Record<string, ActionSpec>> {
    return this.isDownloaded(charm) ? charm.description.actions : {}
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
