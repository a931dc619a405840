import {GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client} from '@aws-sdk/client-s3'
import {Agent} from 'node:https'
import type {S3Parameters} from '../s3-parameters.ts'

/** The charm's own way to its bucket, beside pgBackRest's: small texts below the path of the S3 settings. */
export class Bucket {
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string

  constructor(s3: S3Parameters) {
    this.#bucket = s3.bucket
    this.#prefix = s3.path === '/' ? '' : `${s3.path.slice(1)}/`
    this.#client = new S3Client({
      endpoint: s3.endpoint,
      region: s3.region === '' ? 'us-east-1' : s3.region,
      credentials: {accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey},
      forcePathStyle: s3.uriStyle === 'path',
      maxAttempts: 2,
      requestHandler: {
        httpsAgent: new Agent({keepAlive: false, ...(s3.caChain === undefined ? {} : {ca: s3.caChain})}),
      },
    })
  }

  /** @returns undefined when there is no such object @throws what the store or the network said */
  async read(key: string): Promise<string | undefined> {
    try {
      const object = await this.#client.send(new GetObjectCommand({Bucket: this.#bucket, Key: this.#prefix + key}))
      return await object.Body?.transformToString()
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  }

  /** @throws what the store or the network said */
  async write(key: string, text: string): Promise<void> {
    await this.#client.send(new PutObjectCommand({Bucket: this.#bucket, Key: this.#prefix + key, Body: text}))
  }

  close(): void {
    this.#client.destroy()
  }
}
