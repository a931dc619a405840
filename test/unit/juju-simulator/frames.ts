import {readdirSync, readFileSync} from 'node:fs'
import type {RawReply, RawRequest} from '../../juju-simulator/raw-client.ts'

/** What was sent to Juju's own API server, and what it answered. */
export interface Frame {
  readonly path: string
  readonly request: RawRequest
  readonly response: RawReply
}

const directory = new URL('../../fixtures/juju-frames/', import.meta.url)

export function frame(name: string): Frame {
  return readFrame(name) as Frame
}

/** A file of the recording, whatever is in it. */
export function readFrame(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, directory), 'utf8'))
}

/** The names of all recorded frames; those of a folder begin with its name. */
export function frameNames(): readonly string[] {
  const files = readdirSync(directory, {recursive: true, encoding: 'utf8'}).filter(file => file.endsWith('.json'))
  return files.map(file => file.slice(0, -'.json'.length))
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

/** Times but the zero one, ids, hashes, and what the recording's harness chose by itself. */
const unequal: readonly (readonly [RegExp, string])[] = [
  [/(?!0001)\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/"watcher-id":"[0-9a-f]+-\d+"/g, '"watcher-id":"<watcher>"'],
  [/"(pending-ids)":\["[0-9a-f-]{36}"\]/g, '"$1":["<id>"]'],
  [/"id":"[0-9a-f]{8}-[0-9a-f-]{27}"/g, '"id":"<id>"'],
  [/"(hash|instance-key)":"[^"]+"/g, '"$1":"<digest>"'],
  [/secret:[0-9a-v]{20}/g, 'secret:<id>'],
  [/"fingerprint":"[^"]*","size":\d+/g, '"fingerprint":"<digest>"'],
  [/"url":"https?:\/\/[^/"]+\/api\/v1\/charms\/download/g, '"url":"<charmhub>'],
  [/checking unit \\"[^"]+\\"/, 'checking unit <unit>'],
  [/"display-name":"[^"]+"/g, '"display-name":"<harness>"'],
  [/4\.1-beta2|4\.0\.12/g, '<version>'],
  [/"is-controller":(?:true|false)/g, '"is-controller":"<harness>"'],
  [/"last-connection":(?:null|"<time>")/g, '"last-connection":"<sometimes>"'],
  [/"type":\{"value":"[a-z]+","source":"controller"\}/g, '"type":"<cloud>"'],
]

/** Lists without an order, with the key that gives them one here. */
const unordered: Readonly<Record<string, string>> = {'relation-data': 'relation-id', users: 'user'}

/** A reply without what differs from run to run. The order of a unit's relations and of a model's users means nothing. */
export function normal({'request-id': _id, ...reply}: RawReply): unknown {
  const sorted = (key: string, value: unknown): unknown => {
    const by = unordered[key]
    if (by === undefined || !Array.isArray(value)) return value
    const texts = (items: unknown): string => String((items as Readonly<Record<string, unknown>>)[by])
    return value.toSorted((one, other) => texts(one).localeCompare(texts(other)))
  }
  const text = JSON.stringify(reply, sorted)
  return JSON.parse(unequal.reduce((rest, [pattern, word]) => rest.replace(pattern, word), text))
}

/** Passwords were taken out of the recordings; the lab's are `<user>-secret`. @param name of the frame */
export function withPassword(name: string, request: RawRequest): RawRequest {
  const params = request.params as {'auth-tag'?: string; credentials?: string} | null
  if (params?.credentials !== 'REDACTED') return request
  const right = `${params['auth-tag']?.replace('user-', '') ?? ''}-secret`
  return {...request, params: {...params, credentials: name.endsWith('wrong-password') ? 'wrong' : right}}
}
