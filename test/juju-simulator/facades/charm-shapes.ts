import {createHash} from 'node:crypto'
import type {Charm} from '../../charms/machine.ts'
import {JujuFault} from '../juju-fault.ts'
import type {Quirks} from '../quirks.ts'
import {charmUrl} from '../world/charm-origin.ts'
import type {CharmOrigin} from '../world/charm-origin.ts'
import {riskless} from './status-shapes.ts'

/** A charm origin as it travels. Texts that are empty may be left out. */
export interface SentOrigin {
  readonly source?: string
  readonly type?: string
  readonly id?: string
  readonly hash?: string
  readonly risk?: string
  readonly revision?: number | null
  readonly track?: string | null
  readonly architecture?: string
  readonly base?: {readonly name: string; readonly channel: string}
  readonly 'instance-key'?: string
}

/** What Juju takes for the name of a charm. */
export const charmName = /^[a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*$/

const series: Readonly<Record<string, string>> = {'20.04': 'focal', '22.04': 'jammy', '24.04': 'noble'}

/** A charm's URL as the release writes it: up to 3.2 with the series. */
export function shownUrl({description}: Charm, {urlsNameSeries}: Quirks, architecture = 'amd64'): string {
  const url = charmUrl(description, architecture)
  if (!urlsNameSeries || description.local === true) return url
  const version = riskless(description.base.channel)
  return url.replace(/([^/]+)$/, `${series[version] ?? version}/$1`)
}

/** Juju's CharmOrigin of what an application runs. */
export function deployedOrigin(
  origin: CharmOrigin,
  {originsAreBare}: Quirks,
  deployed: {readonly application: string; readonly model: string},
): object {
  const {channel} = origin.base
  const bare = {type: '', channel: riskless(channel)}
  return originShape(origin, instanceKey(deployed), originsAreBare ? bare : {type: 'charm', channel})
}

/** Juju's CharmOrigin on its way to a refresh: the base has its risk, and the instance key comes back as it was sent. */
export function refreshOrigin(origin: CharmOrigin, {'instance-key': key = ''}: SentOrigin, type = 'charm'): object {
  return originShape(origin, key, {type, channel: `${riskless(origin.base.channel)}/stable`})
}

function originShape(origin: CharmOrigin, key: string, {type, channel}: {type: string; channel: string}): object {
  const {source, id, hash, track, risk, revision, architecture, base} = origin
  return {
    source,
    type,
    id,
    ...texts({hash, risk, track, architecture}),
    revision,
    base: {name: base.name, channel},
    ...texts({'instance-key': key}),
  }
}

/** Juju's zero CharmOrigin, as it stands beside an error. */
export const noOrigin = {source: '', type: '', id: '', base: {name: '', channel: ''}}

/** `14/stable` of an origin; '' when it names no risk. */
export function channelOf({track, risk = ''}: SentOrigin): string {
  if (risk === '') return ''
  return `${track === undefined || track === null || track === '' ? 'latest' : track}/${risk}`
}

/** @throws JujuFault when an origin cannot be taken for a refresh */
export function checkSentOrigin(origin: SentOrigin | null | undefined): SentOrigin {
  if (origin === null || origin === undefined) throw new JujuFault('charm origin source required', 'bad request')
  const {source = '', id = '', hash = ''} = origin
  if (source !== 'charm-hub' && source !== 'local')
    throw new JujuFault(`"${source}" not a valid charm origin source`, 'bad request')
  if (source === 'charm-hub' && (id === '') !== (hash === ''))
    throw new JujuFault(
      'programming error, both CharmOrigin ID and Hash must be set or neither. See CharmHubRepository GetDownloadURL.',
      'bad request',
    )
  return origin
}

/** What a channel-following refresh tells Charmhub by: the same for one application in one model. */
function instanceKey({application, model}: {readonly application: string; readonly model: string}): string {
  return createHash('sha256').update(`${application} in ${model}`).digest('base64url')
}

/** Those that are not empty. */
function texts(values: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
