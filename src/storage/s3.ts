import {Agent} from 'node:https'
import {addAbortSignal, type Readable} from 'node:stream'
import type * as Sdk from '@aws-sdk/client-s3'
import type {EndpointPolicy} from '../net/endpoint-policy.ts'
import {
  ObjectTooLarge,
  StorageError,
  type CallOptions,
  type ListOptions,
  type ObjectInfo,
  type ObjectLock,
  type ObjectStore,
} from './object-store.ts'
import {DEFAULT_REGION} from './location.ts'
import {toStorageError} from './s3-errors.ts'

export interface S3Credentials {
  readonly accessKey: string
  readonly secretKey: string
}

/** Where the bucket is, and who we are there. */
export interface S3Config {
  readonly bucket: string
  /** https://host or https://host:port */
  readonly endpoint: string
  readonly region?: string | undefined
  readonly uriStyle: 'Path' | 'Host'
  /** PEM; absent: the system roots. */
  readonly caCertificate?: string | undefined
  readonly credentials: S3Credentials
}

export interface S3Deps {
  /** Which addresses may be dialled; checked on the resolved address of every connection. */
  readonly policy: Pick<EndpointPolicy, 'lookupFor' | 'assertLiteral'>
  /** Bounds of one request, in ms and tries. */
  readonly limits?: Partial<typeof defaultLimits>
}

const defaultLimits = {connectMs: 5_000, requestMs: 30_000, idleMs: 30_000, attempts: 3, connections: 8}

interface Connection {
  readonly sdk: typeof Sdk
  readonly client: Sdk.S3Client
}

/**
 * Opens a bucket of an S3 service. Nothing is loaded or dialled before the first call: the SDK costs 150 ms and 30 MB,
 * which an operator without storages should not pay.
 */
export function openS3(config: S3Config, deps: S3Deps): ObjectStore {
  return new S3Store(config, deps)
}

class S3Store implements ObjectStore {
  readonly #config: S3Config
  readonly #deps: S3Deps
  readonly #closing = new AbortController()
  #connection: Promise<Connection> | undefined

  constructor(config: S3Config, deps: S3Deps) {
    this.#config = config
    this.#deps = deps
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo, void> {
    const max = options.max ?? Number.POSITIVE_INFINITY
    let given = 0
    let token: string | undefined
    do {
      const page = await this.#send('ListObjectsV2', options, ({sdk, client}, abortSignal) =>
        client.send(
          new sdk.ListObjectsV2Command({
            Bucket: this.#config.bucket,
            Prefix: prefix,
            MaxKeys: Math.min(1000, max - given),
            ...(options.shallow === true && {Delimiter: '/'}),
            ...(token === undefined ? options.after && {StartAfter: options.after} : {ContinuationToken: token}),
          }),
          {abortSignal},
        ),
      )
      for (const entry of entriesOf(page)) {
        if (given++ >= max) return
        yield entry
      }
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined
    } while (token !== undefined && given < max)
  }

  get(key: string, options: CallOptions & {maxBytes: number}): Promise<Buffer> {
    return this.#send('GetObject', options, async (connection, abortSignal) =>
      readAll(await this.#body(connection, key, abortSignal), key, options.maxBytes),
    )
  }

  async *read(key: string, options: CallOptions = {}): AsyncGenerator<Buffer, void> {
    const body = await this.#send('GetObject', options, (connection, abortSignal) =>
      this.#body(connection, key, abortSignal),
    )
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) yield chunk
    } catch (fault) {
      options.signal?.throwIfAborted()
      this.#closing.signal.throwIfAborted()
      throw toStorageError('GetObject', fault)
    }
  }

  async head(key: string, options: CallOptions = {}): Promise<ObjectInfo | undefined> {
    try {
      return await this.#send('HeadObject', options, async ({sdk, client}, abortSignal) => {
        const command = new sdk.HeadObjectCommand({Bucket: this.#config.bucket, Key: key})
        const {ContentLength, LastModified, ETag} = await client.send(command, {abortSignal})
        return {key, size: ContentLength ?? 0, lastModified: LastModified ?? new Date(0), ...etagOf(ETag)}
      })
    } catch (fault) {
      if (fault instanceof StorageError && fault.kind === 'NotFound') return undefined
      throw fault
    }
  }

  async put(key: string, body: Buffer | string, options: CallOptions = {}): Promise<void> {
    await this.#send('PutObject', options, ({sdk, client}, abortSignal) =>
      client.send(new sdk.PutObjectCommand({Bucket: this.#config.bucket, Key: key, Body: body}), {abortSignal}),
    )
  }

  async delete(key: string, options: CallOptions = {}): Promise<void> {
    await this.#send('DeleteObject', options, ({sdk, client}, abortSignal) =>
      client.send(new sdk.DeleteObjectCommand({Bucket: this.#config.bucket, Key: key}), {abortSignal}),
    )
  }

  async objectLock(options: CallOptions = {}): Promise<ObjectLock | undefined> {
    try {
      return await this.#send('GetObjectLockConfiguration', options, async ({sdk, client}, abortSignal) => {
        const command = new sdk.GetObjectLockConfigurationCommand({Bucket: this.#config.bucket})
        return lockOf((await client.send(command, {abortSignal})).ObjectLockConfiguration)
      })
    } catch (fault) {
      if (!(fault instanceof StorageError)) throw fault
      if (fault.cause instanceof Error && fault.cause.name === 'ObjectLockConfigurationNotFoundError') {
        return {enabled: false}
      }
      // Many stores do not know the request, and many keys may not make it.
      if (fault.kind === 'AccessDenied' || fault.kind === 'NotFound' || hasStatus(fault.cause, 501)) return undefined
      throw fault
    }
  }

  close(): void {
    this.#closing.abort(new StorageError('Unreachable', 'Close', 'the store was closed'))
    const connection = this.#connection
    if (!connection) return
    connection.then(
      ({client}) => client.destroy(),
      () => undefined, // it never opened; whoever waits for it has the error
    )
  }

  async #body({sdk, client}: Connection, key: string, abortSignal: AbortSignal): Promise<Readable> {
    const command = new sdk.GetObjectCommand({Bucket: this.#config.bucket, Key: key})
    const {Body} = await client.send(command, {abortSignal})
    return addAbortSignal(abortSignal, Body as Readable)
  }

  /** Runs one request with the store's and the caller's abort signals, and throws only StorageError or the caller's reason. */
  async #send<T>(
    request: string,
    {signal}: CallOptions,
    run: (connection: Connection, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const closing = this.#closing.signal
    const abortSignal = signal ? AbortSignal.any([signal, closing]) : closing
    abortSignal.throwIfAborted()
    try {
      this.#connection ??= connect(this.#config, this.#deps)
      return await run(await this.#connection, abortSignal)
    } catch (fault) {
      abortSignal.throwIfAborted()
      if (fault instanceof ObjectTooLarge) throw fault
      throw toStorageError(request, fault)
    }
  }
}

async function connect(config: S3Config, {policy, limits}: S3Deps): Promise<Connection> {
  const {connectMs, requestMs, idleMs, attempts, connections} = {...defaultLimits, ...limits}
  const {hostname, port: portText} = new URL(config.endpoint)
  const port = portText === '' ? 443 : Number(portText)
  policy.assertLiteral(hostname, port)
  const sdk = await import('@aws-sdk/client-s3')
  const client = new sdk.S3Client({
    endpoint: config.endpoint,
    region: config.region ?? DEFAULT_REGION,
    forcePathStyle: config.uriStyle === 'Path',
    credentials: {accessKeyId: config.credentials.accessKey, secretAccessKey: config.credentials.secretKey},
    maxAttempts: attempts,
    retryMode: 'standard',
    // Newer checksum headers upset S3 servers that are older than the SDK.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // What the SDK would otherwise look up in files and variables of the machine.
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    userAgentAppId: 'charmkeeper',
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: requestMs,
      socketTimeout: idleMs,
      throwOnRequestTimeout: true,
      httpsAgent: new Agent({
        keepAlive: true,
        maxSockets: connections,
        lookup: policy.lookupFor(port),
        ...(config.caCertificate !== undefined && {ca: config.caCertificate}),
      }),
    },
  })
  return {sdk, client}
}

/** Objects and folders of one page, in the order of their keys: a page names the folders apart from the objects. */
function entriesOf({Contents = [], CommonPrefixes = []}: Sdk.ListObjectsV2CommandOutput): readonly ObjectInfo[] {
  const objects = Contents.map(({Key = '', Size = 0, LastModified = new Date(0), ETag}) => ({
    key: Key,
    size: Size,
    lastModified: LastModified,
    ...etagOf(ETag),
  }))
  if (CommonPrefixes.length === 0) return objects
  const folders = CommonPrefixes.map(({Prefix = ''}) => ({key: Prefix, size: 0, lastModified: new Date(0)}))
  return [...objects, ...folders].toSorted((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)))
}

async function readAll(body: Readable, key: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maxBytes) throw new ObjectTooLarge(key, maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function lockOf(configuration: Sdk.ObjectLockConfiguration | undefined): ObjectLock {
  const retention = configuration?.Rule?.DefaultRetention
  const days = retention?.Days ?? (retention?.Years === undefined ? undefined : retention.Years * 365)
  return {
    enabled: configuration?.ObjectLockEnabled === 'Enabled',
    ...(retention?.Mode && {mode: retention.Mode === 'COMPLIANCE' ? 'Compliance' : 'Governance'}),
    ...(days !== undefined && {retentionDays: days}),
  }
}

function hasStatus(fault: unknown, status: number): boolean {
  return (
    fault instanceof Error &&
    '$metadata' in fault &&
    (fault.$metadata as {httpStatusCode?: number}).httpStatusCode === status
  )
}

/** Servers put it in quotes, most of them. */
function etagOf(header: string | undefined): {etag?: string} {
  const etag = header?.replaceAll('"', '') ?? ''
  return etag === '' ? {} : {etag}
}
