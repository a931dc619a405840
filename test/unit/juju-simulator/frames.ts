import {readFileSync} from 'node:fs'
import type {RawReply, RawRequest} from '../../juju-simulator/raw-client.ts'

/** What was sent to Juju's own API server, and what it answered. */
export interface Frame {
  readonly path: string
  readonly request: RawRequest
  readonly response: RawReply
}

export function frame(name: string): Frame {
  return JSON.parse(readFileSync(new URL(`../../fixtures/juju-frames/${name}.json`, import.meta.url), 'utf8')) as Frame
}

/** The request of a frame without its number. */
export function requestOf({request}: Frame): RawRequest {
  const {type, version, request: method, params, id} = request
  return {
    type,
    request: method,
    params,
    ...(version === undefined ? {} : {version}),
    ...(id === undefined ? {} : {id}),
  }
}

/** Times but the zero one, watcher ids, and what the recording's harness chose by itself. */
const unequal: readonly (readonly [RegExp, string])[] = [
  [/(?!0001)\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/"watcher-id":"[0-9a-f]+-\d+"/g, '"watcher-id":"<watcher>"'],
  [/"display-name":"(?:lab|simulated)-/g, '"display-name":"<machine>-'],
  [/4\.1-beta2|4\.0\.12/g, '<version>'],
  [/"is-controller":(?:true|false)/g, '"is-controller":"<harness>"'],
  [/"last-connection":(?:null|"<time>")/g, '"last-connection":"<sometimes>"'],
]

/** A reply without what differs from run to run. Map order and the order of a unit's relations mean nothing. */
export function normal({'request-id': _id, ...reply}: RawReply): unknown {
  const sorted = (key: string, value: unknown): unknown => {
    if (key !== 'relation-data' || !Array.isArray(value)) return value
    return (value as {'relation-id': number}[]).toSorted((one, other) => one['relation-id'] - other['relation-id'])
  }
  const text = JSON.stringify(reply, sorted)
  return JSON.parse(unequal.reduce((rest, [pattern, word]) => rest.replace(pattern, word), text))
}

/** Passwords were taken out of the recordings; the lab's are `<user>-secret`. */
export function withPassword(request: RawRequest): RawRequest {
  const params = request.params as {'auth-tag'?: string; credentials?: string} | null
  if (params?.credentials !== 'REDACTED') return request
  const name = params['auth-tag']?.replace('user-', '') ?? ''
  return {...request, params: {...params, credentials: `${name}-secret`}}
}
