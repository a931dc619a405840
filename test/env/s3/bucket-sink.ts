import {DeleteObjectCommand, PutObjectCommand, S3Client} from '@aws-sdk/client-s3'
import type {ObjectSink} from '../../charms/memory-bucket.ts'
import type {S3Parameters} from '../../charms/s3-parameters.ts'

/** Writes what a database in memory would leave in the store into a real one. */
export function bucketSink() {
  const clients: S3Client[] = []
  return {
    /** @param s3 where and with which keys, as the charm was told */
    for(s3: S3Parameters): ObjectSink {
      const client = new S3Client({
        endpoint: s3.endpoint,
        region: s3.region === '' ? 'us-east-1' : s3.region,
        credentials: {accessKeyId: s3.accessKey, secretAccessKey: s3.secretKey},
        forcePathStyle: s3.uriStyle === 'path',
        requestHandler: {httpsAgent: s3.caChain === undefined ? {} : {ca: s3.caChain}},
      })
      clients.push(client)
      return {
        put: async (Key, Body) => void (await client.send(new PutObjectCommand({Bucket: s3.bucket, Key, Body}))),
        remove: async Key => void (await client.send(new DeleteObjectCommand({Bucket: s3.bucket, Key}))),
      }
    },
    close(): void {
      for (const client of clients) client.destroy()
    },
  }
}
