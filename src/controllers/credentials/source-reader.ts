import {createHash} from 'node:crypto'
import type {KubeClient} from '../../kube/client.ts'
import {isForbidden, isNotFound} from '../../kube/errors.ts'
import {type ConfigMap, configMaps, type Secret, secrets} from '../../kube/resources.ts'
import type {Clock} from '../../time/clock.ts'
import {adviceFor} from './role-binding.ts'
import type {SourceRef} from './source-ref.ts'

export type {SourceRef} from './source-ref.ts'

/** Why a value that a spec refers to cannot be had; the message says what to do. */
export interface SourceMissing {
  readonly ok: false
  readonly reason: 'SecretNotFound' | 'SecretForbidden'
  readonly message: string
}

/** `version` is a digest of the values: it changes when they do, not when a label does. */
export type SourceResult =
  {readonly ok: true; readonly values: ReadonlyMap<string, string>; readonly version: string} | SourceMissing

export interface SourceReaderOptions {
  readonly client: Pick<KubeClient, 'get'>
  readonly clock: Clock
  /** ClusterRole that a tenant binds to let the operator read Secrets of a namespace; undefined: there is none to bind */
  readonly secretReaderRole: string | undefined
}

/** How long a value may be used before it is read again, in ms (api.md rule 15). */
export const sourceMaxAgeMs = 60_000

interface Cached {
  readonly readAt: number
  readonly result: Promise<SourceResult>
}

/**
 * Reads Secrets and ConfigMaps by name, never by list or watch: the operator needs no right to see others.
 *
 * A result is shared for a minute by all who ask for it, and forgotten after that.
 */
export class SourceReader {
  readonly #options: SourceReaderOptions
  readonly #cache = new Map<string, Cached>()

  constructor(options: SourceReaderOptions) {
    this.#options = options
  }

  /** @throws ApiError or TransportError when the API server does not answer; a missing object or right is a value */
  async read(ref: SourceRef): Promise<SourceResult> {
    const {clock} = this.#options
    this.#dropExpired(clock.monotonic())
    const key = keyOf(ref)
    const cached = this.#cache.get(key)
    if (cached !== undefined) return cached.result
    const entry = {readAt: clock.monotonic(), result: this.#fetch(ref)}
    this.#cache.set(key, entry)
    try {
      const result = await entry.result
      // What is missing may be there the next time that somebody asks.
      if (!result.ok) this.#forget(key, entry)
      return result
    } catch (error) {
      this.#forget(key, entry)
      throw error
    }
  }

  /** The next `read` asks the API server; call it after a login failed. */
  invalidate(ref: SourceRef): void {
    this.#cache.delete(keyOf(ref))
  }

  #forget(key: string, entry: Cached): void {
    if (this.#cache.get(key) === entry) this.#cache.delete(key)
  }

  #dropExpired(now: number): void {
    for (const [key, {readAt}] of this.#cache) if (now - readAt >= sourceMaxAgeMs) this.#cache.delete(key)
  }

  async #fetch(ref: SourceRef): Promise<SourceResult> {
    const {client, secretReaderRole} = this.#options
    const key = {namespace: ref.namespace, name: ref.name}
    try {
      const object = await client.get<Secret | ConfigMap>(ref.kind === 'Secret' ? secrets : configMaps, key)
      const values = valuesOf(ref.kind, object)
      return {ok: true, values, version: digest(values)}
    } catch (error) {
      if (isNotFound(error)) return missing(`${describe(ref)} does not exist`)
      if (!isForbidden(error)) throw error
      return {ok: false, reason: 'SecretForbidden', message: adviceFor(ref, secretReaderRole, error)}
    }
  }
}

/** The object, or a key in it, is not there. */
export function missing(message: string): SourceMissing {
  return {ok: false, reason: 'SecretNotFound', message}
}

/** For messages: `Secret juju-operator in namespace team-a`. */
export function describe({kind, namespace, name}: SourceRef): string {
  return `${kind} ${name} in namespace ${namespace}`
}

function keyOf({kind, namespace, name}: SourceRef): string {
  return `${kind}/${namespace}/${name}`
}

function valuesOf(kind: SourceRef['kind'], {data = {}}: Secret | ConfigMap): ReadonlyMap<string, string> {
  const decode = (text: string): string => (kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text)
  return new Map(Object.entries(data).map(([key, text]) => [key, decode(text)]))
}

/** A digest by which two sets of values can be told apart without keeping them. */
export function digest(values: Iterable<readonly [string, string]>): string {
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}
