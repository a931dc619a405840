import {CreateBucketCommand, ListObjectsV2Command, S3Client} from '@aws-sdk/client-s3'
import {randomBytes} from 'node:crypto'
import {mkdir, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {CertificateAuthority} from '../certificates.ts'
import {freePort} from '../ports.ts'
import {Daemon} from '../process/daemon.ts'
import {ensureParts, type PartsOptions} from '../toolchain/parts.ts'

export interface S3Options extends PartsOptions {
  /** Made by start, removed by stop. */
  readonly dir: string
  /** Created at start; default `backups`. */
  readonly bucket?: string
  /** Default: any. */
  readonly port?: number
}

export interface S3Keys {
  readonly accessKey: string
  readonly secretKey: string
}

/** A real S3 server (versitygw over a folder) with TLS under a CA of its own; addressed by path style. */
export class S3Server {
  /** https://127.0.0.1:port; the same after a restart. */
  readonly endpoint: string
  readonly region = 'us-east-1'
  readonly bucket: string
  /** PEM */
  readonly caCertificate: string
  /** Folder with one folder per bucket, in it the objects as files: for tests that damage a backup. */
  readonly dataDir: string
  readonly #dir: string
  readonly #port: number
  readonly #program: string
  readonly #root = newKeys()
  #keys: S3Keys
  #others: readonly S3Keys[] = []
  #server: Daemon | undefined

  private constructor(options: S3Options, program: string, port: number, caCertificate: string) {
    this.bucket = options.bucket ?? 'backups'
    this.endpoint = `https://127.0.0.1:${port}`
    this.caCertificate = caCertificate
    this.dataDir = join(options.dir, 'data')
    this.#dir = options.dir
    this.#port = port
    this.#program = program
    this.#keys = newKeys()
  }

  /** Use startS3. */
  static async start(options: S3Options): Promise<S3Server> {
    const {versitygw} = await ensureParts(['versitygw'], options)
    const authority = new CertificateAuthority('charmkeeper test object store')
    const server = new S3Server(options, versitygw, options.port ?? (await freePort()), authority.certificate)
    for (const dir of ['data', 'metadata', 'accounts'])
      await mkdir(join(options.dir, dir), {recursive: true, mode: 0o700})
    const {certificate, key} = authority.issue(['127.0.0.1', 'localhost'])
    await writeFile(join(options.dir, 'server.crt'), certificate)
    await writeFile(join(options.dir, 'server.key'), key, {mode: 0o600})
    try {
      await server.#writeAccounts()
      await server.resume()
      await server.createBucket(server.bucket)
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** Keys that may do everything; see rotateCredentials. */
  get accessKey(): string {
    return this.#keys.accessKey
  }

  get secretKey(): string {
    return this.#keys.secretKey
  }

  /** Path of the file behind an object. */
  objectPath(key: string, bucket = this.bucket): string {
    return join(this.dataDir, bucket, key)
  }

  /** Replaces access and secret key; the old ones are refused from now on. */
  async rotateCredentials(): Promise<S3Keys> {
    this.#keys = newKeys()
    await this.#writeAccounts()
    return this.#keys
  }

  /** Valid keys that no bucket admits: AccessDenied. */
  async addStranger(): Promise<S3Keys> {
    const keys = newKeys()
    this.#others = [...this.#others, keys]
    await this.#writeAccounts()
    return keys
  }

  async createBucket(bucket: string): Promise<void> {
    await this.#withClient(async client => await client.send(new CreateBucketCommand({Bucket: bucket})))
  }

  /** All keys below a prefix, in order. */
  async listKeys(prefix = '', bucket = this.bucket): Promise<string[]> {
    return await this.#withClient(async client => {
      const keys: string[] = []
      let next: string | undefined
      do {
        const page = await client.send(
          new ListObjectsV2Command({Bucket: bucket, Prefix: prefix, ContinuationToken: next}),
        )
        keys.push(...(page.Contents ?? []).map(object => object.Key ?? ''))
        next = page.NextContinuationToken
      } while (next !== undefined)
      return keys
    })
  }

  /** Nothing listens any more; the data stays, resume brings it back. */
  async pause(): Promise<void> {
    await this.#server?.stop('SIGKILL')
  }

  /** Starts the server on its old port and data, and waits until it answers. */
  async resume(): Promise<void> {
    if (this.#server?.running === true) return
    const server = await Daemon.start({
      name: 'versitygw',
      file: this.#program,
      args: this.#flags(),
      cwd: this.#dir,
      env: {ROOT_ACCESS_KEY: this.#root.accessKey, ROOT_SECRET_KEY: this.#root.secretKey, HOME: this.#dir},
      logFile: join(this.#dir, 'versitygw.log'),
    })
    this.#server = server
    await this.#withClient(async client => {
      await server.ready(
        async () => await client.send(new ListObjectsV2Command({Bucket: this.bucket})).catch(unlessAnswered),
      )
    })
  }

  async restart(): Promise<void> {
    await this.pause()
    await this.resume()
  }

  /** Kills the server and removes its data. */
  async stop(): Promise<void> {
    await this.pause()
    await rm(this.#dir, {recursive: true, force: true, maxRetries: 3})
  }

  get processes(): Readonly<Record<string, number>> {
    return this.#server?.running === true ? {versitygw: this.#server.pid} : {}
  }

  #flags(): string[] {
    // Without the cache of accounts a changed key counts at once.
    const general = {
      '--port': `127.0.0.1:${this.#port}`,
      '--region': this.region,
      '--cert': join(this.#dir, 'server.crt'),
      '--key': join(this.#dir, 'server.key'),
      '--iam-dir': join(this.#dir, 'accounts'),
    }
    return [
      ...Object.entries(general).flat(),
      '--iam-cache-disable',
      '--quiet',
      'posix',
      '--sidecar',
      join(this.#dir, 'metadata'),
      this.dataDir,
    ]
  }

  async #writeAccounts(): Promise<void> {
    const account = ({accessKey, secretKey}: S3Keys, role: 'admin' | 'user') => [
      accessKey,
      {access: accessKey, secret: secretKey, role, userID: 0, groupID: 0, projectID: 0},
    ]
    const accounts = [account(this.#keys, 'admin'), ...this.#others.map(keys => account(keys, 'user'))]
    const file = join(this.#dir, 'accounts', 'users.json')
    await writeFile(`${file}.new`, JSON.stringify({accessAccounts: Object.fromEntries(accounts)}), {mode: 0o600})
    await rename(`${file}.new`, file)
  }

  async #withClient<T>(use: (client: S3Client) => Promise<T>): Promise<T> {
    const client = new S3Client({
      endpoint: this.endpoint,
      region: this.region,
      forcePathStyle: true,
      credentials: {accessKeyId: this.accessKey, secretAccessKey: this.secretKey},
      requestHandler: {httpsAgent: {ca: this.caCertificate, keepAlive: false}, connectionTimeout: 2000},
      maxAttempts: 1,
    })
    try {
      return await use(client)
    } finally {
      client.destroy()
    }
  }
}

/** Starts an object store with one bucket; ready when the promise resolves. */
export function startS3(options: S3Options): Promise<S3Server> {
  return S3Server.start(options)
}

const newKeys = (): S3Keys => ({
  accessKey: `AK${randomBytes(9).toString('hex').toUpperCase()}`,
  secretKey: randomBytes(20).toString('hex'),
})

/** An S3 error ("no such bucket") is an answer too. */
function unlessAnswered(error: unknown): true {
  if (error instanceof Error && '$metadata' in error && hasStatus(error.$metadata)) return true
  throw error
}

const hasStatus = (metadata: unknown) =>
  typeof metadata === 'object' &&
  metadata !== null &&
  'httpStatusCode' in metadata &&
  metadata.httpStatusCode !== undefined
