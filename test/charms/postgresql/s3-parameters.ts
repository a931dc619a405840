import {pythonList} from '../python.ts'
import type {CharmHost} from '../machine.ts'

/** The endpoint at which PostgreSQL charms take S3 settings. */
export const s3Endpoint = 's3-parameters'

/** S3 settings as the charm uses them. */
export interface S3Parameters {
  readonly bucket: string
  readonly accessKey: string
  readonly secretKey: string
  /** With a leading slash and no trailing one; `/` when none is set. */
  readonly path: string
  readonly endpoint: string
  readonly region: string
  readonly uriStyle: string
  readonly caChain: string | undefined
}

export type S3Lookup = {readonly ok: true; readonly s3: S3Parameters} | {readonly ok: false; readonly message: string}

/** What the S3 relation gives, or the charm's words for what is missing. */
export async function s3Parameters(host: CharmHost): Promise<S3Lookup> {
  const [relation] = await host.relations(s3Endpoint)
  if (relation === undefined)
    return {ok: false, message: 'Relation with s3-integrator charm missing, cannot create/restore backup.'}
  return parse(relation.data)
}

function parse(data: Readonly<Record<string, string>>): S3Lookup {
  const text = (key: string): string => (data[key] ?? '').trim()
  const missing = ['bucket', 'access-key', 'secret-key'].filter(key => text(key) === '')
  if (missing.length > 0) return {ok: false, message: `Missing S3 parameters: ${pythonList(missing)}`}
  const chain = data['tls-ca-chain']
  const s3: S3Parameters = {
    bucket: stripSlashes(text('bucket')),
    accessKey: text('access-key'),
    secretKey: text('secret-key'),
    path: `/${stripSlashes(text('path'))}`,
    endpoint: text('endpoint').replace(/\/+$/, '') || 'https://s3.amazonaws.com',
    region: text('region'),
    uriStyle: text('s3-uri-style') || 'host',
    caChain: chain === undefined ? undefined : (JSON.parse(chain) as string[]).join('\n'),
  }
  return {ok: true, s3}
}

function stripSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '')
}
