import type {Charm} from './machine.ts'
import type {ModelSeed} from './model-seed.ts'
import {s3IntegratorCharm} from './s3-integrator.ts'
import type {S3Credentials} from './s3-integrator.ts'

export interface IntegratedModelOptions {
  /** Default 3. */
  readonly units?: number
  /** Name of the application. Default: the charm's name. */
  readonly application?: string
  /** Options of s3-integrator; default: a made-up store. */
  readonly s3?: Readonly<Record<string, unknown>>
  /** Default: made-up keys; null: `sync-s3-credentials` was never run. */
  readonly credentials?: S3Credentials | null
  /** Default true; false: the database and s3-integrator are both there without a relation. */
  readonly related?: boolean
  readonly model?: Partial<Pick<ModelSeed, 'name' | 'owner' | 'uuid' | 'access'>>
}

/** What the integrator is told when a test names nothing. */
export const defaultS3: Readonly<Record<string, unknown>> = {
  endpoint: 'https://s3.example.com',
  region: 'us-east-1',
  bucket: 'backups',
  path: '/pg',
  's3-uri-style': 'path',
}

const defaultCredentials: S3Credentials = {accessKey: 'made-up-access-key', secretKey: 'made-up-secret-key'}

/**
 * A model with a database, and an s3-integrator that is related to it.
 *
 * @param endpoint at which the database takes S3 settings
 */
export function integratedSeed(charm: Charm, endpoint: string, options: IntegratedModelOptions): ModelSeed {
  const {units = 3, s3 = defaultS3, related = true} = options
  const credentials = options.credentials === null ? undefined : (options.credentials ?? defaultCredentials)
  const application = options.application ?? charm.description.name
  return {
    name: 'databases',
    type: charm.description.containers === undefined ? 'iaas' : 'caas',
    ...options.model,
    applications: [
      {name: application, charm, units},
      {name: 's3-integrator', charm: s3IntegratorCharm(credentials), units: 1, config: s3},
    ],
    relations: related ? [[`${application}:${endpoint}`, 's3-integrator:s3-credentials']] : [],
  }
}
