import {createHash} from 'node:crypto'
import type {CharmDescription, ResourceSpec} from '../../charms/charm.ts'

/** A resource that an application uses, or that waits for the refresh that will use it. */
export interface Resource {
  readonly id: string
  readonly name: string
  readonly type: ResourceSpec['type']
  readonly path: string
  readonly description: string
  readonly origin: 'store' | 'upload'
  readonly revision: number
  /** SHA-384 in base64, as Charmhub gives it; '' of an upload that has not come. */
  readonly fingerprint: string
  readonly size: number
  /** ms since the epoch */
  readonly added: number
}

/** The resources that a charm comes with when it is deployed. */
export function resourcesOf(charm: CharmDescription, now: number): ReadonlyMap<string, Resource> {
  const entries = Object.entries(charm.resources ?? {}).map(([name, spec]): [string, Resource] => [
    name,
    charm.local === true ? uploaded(name, spec, now) : published(name, spec, spec.revision ?? 0, now),
  ])
  return new Map(entries)
}

/** A resource from Charmhub. */
export function published(name: string, spec: ResourceSpec, revision: number, now: number): Resource {
  const content = createHash('sha384').update(`${name} ${revision}`).digest('base64')
  return {
    ...common(name, spec, now),
    id: uuid(`${name} ${revision} ${now}`),
    origin: 'store',
    revision,
    fingerprint: content,
    size: 1024 + revision,
  }
}

/** A resource that somebody gives by hand. */
export function uploaded(name: string, spec: ResourceSpec, now: number): Resource {
  return {
    ...common(name, spec, now),
    id: uuid(`${name} upload ${now}`),
    origin: 'upload',
    revision: 0,
    fingerprint: '',
    size: 0,
  }
}

function common(name: string, {type, description, path = ''}: ResourceSpec, now: number) {
  return {name, type, path, description, added: now}
}

/** The same for the same text, so that a Juju with the same seed gives the same ids. */
function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
