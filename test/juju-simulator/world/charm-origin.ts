import {createHash} from 'node:crypto'
import type {CharmDescription} from '../../charms/charm.ts'

/** Where an application's charm comes from, and what its next refresh follows. */
export interface CharmOrigin {
  readonly source: 'charm-hub' | 'local'
  /** Charmhub's id of the charm; '' for a local one. */
  readonly id: string
  /** SHA-256 of the archive, in hexadecimal digits. */
  readonly hash: string
  /** '' when there is none. */
  readonly track: string
  readonly risk: string
  readonly revision: number
  readonly architecture: string
  readonly base: {readonly name: string; readonly channel: string}
}

/** For example `ch:amd64/postgresql-468`, or `local:postgresql-0`. */
export function charmUrl({name, revision, local = false}: CharmDescription, architecture = 'amd64'): string {
  return local ? `local:${name}-${revision}` : `ch:${architecture}/${name}-${revision}`
}

/** The origin of an application that was deployed from the channel in the charm's description. */
export function originOf(charm: CharmDescription, architecture = 'amd64'): CharmOrigin {
  const {name, revision, base, local = false} = charm
  const {track, risk} = channelParts(local ? '' : charm.channel)
  const id = local ? '' : storeId(name)
  const hash = archiveHash(charm)
  return {source: local ? 'local' : 'charm-hub', id, hash, track, risk, revision, architecture, base}
}

/** The parts of `14/stable`, of `stable` (track `latest`), or of '' (no channel). */
export function channelParts(channel: string): {readonly track: string; readonly risk: string} {
  if (channel === '') return {track: '', risk: ''}
  const [first = '', second] = channel.split('/')
  return second === undefined ? {track: 'latest', risk: first} : {track: first, risk: second}
}

/** Charmhub's id of a charm: 32 letters and digits, the same for all of its revisions. */
export function storeId(name: string): string {
  return createHash('sha256').update(`id of ${name}`).digest('base64url').replaceAll(/[-_]/g, 'x').slice(0, 32)
}

export function archiveHash(charm: CharmDescription): string {
  return createHash('sha256').update(JSON.stringify(charm)).digest('hex')
}
