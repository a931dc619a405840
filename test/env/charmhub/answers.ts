import {charmFiles, type CharmDescription, type ResourceSpec} from '../../charms/charm.ts'
import type {Charm} from '../../charms/machine.ts'
import {storeId} from '../../juju-simulator/world/charm-origin.ts'
import {notInStore, type CharmStore} from '../../juju-simulator/world/charm-store.ts'
import {charmArchive, resourceContent, type Download} from './archive.ts'
import type {Base, RefreshAction, RefreshContext} from './requests.ts'

/** What Charmhub answers from. */
export interface Offer {
  /** Every revision of every charm; one in two channels is there twice. */
  readonly charms: readonly Charm[]
  /** The same, to search in. */
  readonly store: CharmStore
  /** Where downloads are, for example `http://127.0.0.1:1234`. */
  readonly url: string
}

type Json = Readonly<Record<string, unknown>>

/** When everything was released: no test asks. */
const releasedAt = '2026-01-01T00:00:00Z'

/** One item of `results`: the charm, or why there is none. */
export function answer(hub: Offer, action: RefreshAction, context: RefreshContext | undefined): Json {
  const common = {'instance-key': action['instance-key'], result: action.action, 'released-at': releasedAt}
  const id = action.id ?? context?.id
  const name = action.name ?? hub.charms.find(({description}) => storeId(description.name) === id)?.description.name
  if (name === undefined || !hub.store.has(name))
    return {...common, result: 'error', name: action.name ?? '', error: notThere}
  const found = find(hub, name, action, context)
  if ('code' in found) return {...common, result: 'error', id: storeId(name), name, error: found}
  const charm = entity(hub, found.charm, pinned(action))
  return {...common, id: storeId(name), name, 'effective-channel': found.channel, charm}
}

const notThere = {
  code: 'name-not-found',
  message: notInStore,
  extra: {},
}

interface Found {
  readonly charm: CharmDescription
  readonly channel: string
}

interface Refusal {
  readonly code: string
  readonly message: string
  readonly extra: Json
}

function find(hub: Offer, name: string, action: RefreshAction, context: RefreshContext | undefined): Found | Refusal {
  const {revision} = action
  const base = action.base ?? context?.base ?? {architecture: 'amd64', name: 'ubuntu', channel: ''}
  const channel = action.channel ?? context?.['tracking-channel'] ?? ''
  const query = {name, revision, channel, architecture: base.architecture, base: known(base)}
  const found = hub.store.find(query)
  if (found !== undefined) return {charm: found.charm.description, channel: found.channel}
  // The channel has something, only for no such base.
  const elsewhere = hub.store.find({...query, base: {name: '', channel: ''}})
  if (revision === undefined && elsewhere !== undefined)
    return {
      code: 'invalid-charm-base',
      message: `The charm's base is not ${base.name} ${base.channel}`,
      extra: {'default-bases': basesOf(elsewhere.charm.description)},
    }
  const releases = releasesOf(hub, name)
  return {code: 'revision-not-found', message: 'No revision was found in the Store.', extra: {releases}}
}

/** What Juju suggests instead. */
function releasesOf({charms}: Offer, name: string): readonly Json[] {
  const named = charms.map(({description}) => description).filter(each => each.name === name)
  const releases = named.flatMap(({channel, ...charm}) => basesOf(charm).map(base => ({channel, base})))
  return [...new Map(releases.map(release => [JSON.stringify(release), release])).values()]
}

/** Juju writes NA for a base that it leaves open. */
function known({name, channel}: Base): {readonly name: string; readonly channel: string} {
  return channel === 'NA' || name === 'NA' ? {name: '', channel: ''} : {name, channel}
}

function pinned({'resource-revisions': revisions = []}: RefreshAction): ReadonlyMap<string, number> {
  return new Map(revisions.map(({name, revision}) => [name, revision]))
}

function entity({url}: Offer, charm: CharmDescription, resources: ReadonlyMap<string, number>): Json {
  const files = charmFiles(charm)
  const {name, revision, summary} = charm
  const id = storeId(name)
  return {
    type: 'charm',
    id,
    name,
    revision,
    summary,
    version: String(revision),
    license: '',
    publisher: {},
    'created-at': releasedAt,
    bases: basesOf(charm),
    'metadata-yaml': files['metadata.yaml'],
    'config-yaml': files['config.yaml'],
    download: download(charmArchive(charm), `${url}/api/v1/charms/download/${id}_${revision}.charm`),
    resources: Object.entries(charm.resources ?? {}).map(([each, spec]) =>
      resource(url, {charm: name, name: each, spec, revision: resources.get(each) ?? spec.revision ?? 0}),
    ),
  }
}

function basesOf(charm: Pick<CharmDescription, 'base' | 'architectures'>): readonly Base[] {
  const {name, channel} = charm.base
  return (charm.architectures ?? ['amd64']).map(architecture => ({
    architecture,
    name,
    channel: channel.replace(/\/.*$/, ''),
  }))
}

interface PublishedResource {
  readonly charm: string
  readonly name: string
  readonly spec: ResourceSpec
  readonly revision: number
}

function resource(url: string, {charm, name, spec, revision}: PublishedResource): Json {
  const path = `${url}/api/v1/resources/download/charm_${storeId(charm)}.${name}_${revision}`
  const {type, description, path: filename = name} = spec
  return {name, type, description, filename, revision, download: download(resourceContent(name, revision), path)}
}

function download({bytes, sha256, sha384}: Download, url: string): Json {
  return {url, size: bytes.length, 'hash-sha-256': sha256, 'hash-sha-384': sha384}
}

/** The answer to `GET /v2/charms/resources/{charm}/{resource}/revisions`; undefined: no such resource. */
export function resourceRevisions(hub: Offer, charm: string, name: string): Json | undefined {
  const byRevision = new Map<number, PublishedResource>()
  for (const {description} of hub.charms) {
    const spec = description.name === charm ? description.resources?.[name] : undefined
    const revision = spec?.revision ?? 0
    if (spec !== undefined) byRevision.set(revision, {charm, name, spec, revision})
  }
  if (byRevision.size === 0) return undefined
  const newestFirst = [...byRevision.values()].sort((one, other) => other.revision - one.revision)
  return {revisions: newestFirst.map(each => resource(hub.url, each))}
}
