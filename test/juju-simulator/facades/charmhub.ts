import type {Charm} from '../../charms/machine.ts'
import {JujuFault} from '../juju-fault.ts'
import type {World} from '../world/world.ts'
import {archiveHash, channelParts, storeId} from '../world/charm-origin.ts'
import type {CharmOrigin} from '../world/charm-origin.ts'
import {architecturesOf, notInStore} from '../world/charm-store.ts'
import type {Release, StoreQuery} from '../world/charm-store.ts'
import {channelOf} from './charm-shapes.ts'
import type {SentOrigin} from './charm-shapes.ts'
import {riskless} from './status-shapes.ts'

export interface Resolved {
  readonly charm: Charm
  readonly origin: CharmOrigin
}

/**
 * Asks the simulated Charmhub for a charm as Juju does: with an id, or without a revision, the channel decides; a revision
 * counts only in an origin without an id.
 *
 * @throws JujuFault in Juju's words, without a code; a controller that cannot reach Charmhub says so
 */
export function resolve({charmhub}: World, name: string, sent: SentOrigin): Resolved {
  const doing = 'resolving with preferred channel: '
  if (charmhub === undefined) throw new JujuFault(`${doing}${unreachable}`)
  const query = queryOf(name, sent)
  const found = charmhub.find(query)
  if (found === undefined) {
    if (!charmhub.has(name)) throw new JujuFault(`resolving error: ${notInStore}`)
    throw new JujuFault(notInChannel(query, charmhub.releases(name, query.architecture)))
  }
  const architectures = architecturesOf(found.charm.description)
  if (!architectures.includes(query.architecture))
    throw new JujuFault(
      `requested architecture "${query.architecture}" not found in available architectures [${architectures.join(' ')}]`,
    )
  return {charm: found.charm, origin: originOf(found.charm, found.channel, query, sent)}
}

/** What a controller without a way to the internet meets, as it was recorded. */
export const unreachable =
  'Post "https://api.charmhub.io/v2/charms/refresh": dial tcp: lookup api.charmhub.io on 10.255.255.53:53: no such host'

/** The name in `ch:amd64/postgresql-468`, `ch:postgresql` and the like. @throws JujuFault for another schema */
export function nameInUrl(url: string): string {
  const match = /^ch:(?:.*\/)?([a-z][a-z0-9]*(?:-[a-z0-9]*[a-z][a-z0-9]*)*)(?:-\d+)?$/.exec(url)
  if (match?.[1] === undefined) throw new JujuFault(`unknown schema for charm URL "${url}"`)
  return match[1]
}

function queryOf(name: string, sent: SentOrigin): StoreQuery {
  const {id = '', revision, architecture = '', base = {name: '', channel: ''}} = sent
  const pinned = id === '' && typeof revision === 'number' && revision >= 0 ? revision : undefined
  return {
    name,
    revision: pinned,
    channel: channelOf(sent),
    architecture: architecture === '' ? 'amd64' : architecture,
    base,
  }
}

function notInChannel({channel, architecture, base}: StoreQuery, releases: readonly Release[]): string {
  const platform = [architecture, base.name, riskless(base.channel)].filter(part => part !== '').join('/')
  if (releases.length === 0) return 'selecting releases: no releases available'
  const listed = releases.map(
    release => `channel "${release.channel}": available bases are: ${release.bases.join(', ')}`,
  )
  return `selecting releases: charm or bundle not found for channel "${channel}", base "${platform}"\navailable releases are:\n  ${listed.join('\n  ')}`
}

/** The asked base, if one was asked for; the effective channel. */
function originOf({description}: Charm, channel: string, query: StoreQuery, sent: SentOrigin): CharmOrigin {
  const {track, risk} = channelParts(channel)
  return {
    source: 'charm-hub',
    id: sent.id ?? '',
    hash: archiveHash(description),
    track,
    risk,
    revision: description.revision,
    architecture: query.architecture,
    base: query.base.channel === '' ? description.base : query.base,
  }
}

/** The origin of a charm that Charmhub has handed over. */
export function downloaded({charm, origin}: Resolved): CharmOrigin {
  return {...origin, id: storeId(charm.description.name)}
}
