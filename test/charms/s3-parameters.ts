/** S3 settings as a database charm uses them. */
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

export type S3Reading =
  {readonly ok: true; readonly s3: S3Parameters} | {readonly ok: false; readonly missing: readonly string[]}

/** What an s3-integrator published, in the charms' shape, or the names of what they need and miss. */
export function readS3Parameters(data: Readonly<Record<string, string>>): S3Reading {
  const text = (key: string): string => (data[key] ?? '').trim()
  const missing = ['bucket', 'access-key', 'secret-key'].filter(key => text(key) === '')
  if (missing.length > 0) return {ok: false, missing}
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

/** The key of an object below the path of the settings. */
export function keyBelow({path}: S3Parameters, name: string): string {
  return path === '/' ? name : `${path.slice(1)}/${name}`
}

function stripSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '')
}
