import type {CharmDescription, OptionSpec} from './charm.ts'
import {completed, failed} from './machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome} from './machine.ts'
import {pythonList} from './python.ts'

/** The endpoint that an s3-integrator provides. */
export const credentialsEndpoint = 's3-credentials'

export interface S3Credentials {
  readonly accessKey: string
  readonly secretKey: string
}

const text = (description: string): OptionSpec => ({type: 'string', description})

const options: Readonly<Record<string, OptionSpec>> = {
  attributes: text('The custom metadata for the S3 bucket, as a comma separated list.'),
  bucket: text('The name of the bucket.'),
  endpoint: text('The endpoint used to connect to the object storage.'),
  'experimental-delete-older-than-days': {
    type: 'int',
    description: 'How many days to keep objects; only some charms read it.',
  },
  path: text('The path inside the bucket to store objects.'),
  region: text('The region used to connect to the object storage.'),
  's3-api-version': text('S3 protocol specific API signature.'),
  's3-uri-style': text('The S3 protocol specific bucket path lookup type: host or path.'),
  'storage-class': text('Storage class for objects uploaded to the object storage.'),
  'tls-ca-chain': text('The complete CA chain, base64, which can be used for HTTPS validation.'),
}

const keyParameter = (description: string): Readonly<Record<string, unknown>> => ({type: 'string', description})

const description: CharmDescription = {
  name: 's3-integrator',
  summary: 'A charm for transmission of S3-credentials.',
  description: 'A charm machine that answers as s3-integrator of track 1 does.',
  revision: 77,
  channel: '1/stable',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '',
  actions: {
    'get-s3-connection-info': {description: 'Get S3 connection information.', parameters: {}},
    'get-s3-credentials': {description: 'Get S3 credentials.', parameters: {}},
    'sync-s3-credentials': {
      description: 'Submit S3 credentials. This action must be run on the leader unit.',
      parameters: {'access-key': keyParameter('Access key.'), 'secret-key': keyParameter('Secret key.')},
      required: ['access-key', 'secret-key'],
    },
  },
  options,
  provides: {[credentialsEndpoint]: {interface: 's3'}},
  requires: {},
  peers: {'s3-integrator-peers': {interface: 's3_integrator_peers'}},
}

/** s3-integrator of track 1. @param credentials the keys that `sync-s3-credentials` was once run with, if it was */
export function s3IntegratorCharm(credentials?: S3Credentials): Charm {
  return {description, deploy: host => new S3IntegratorMachine(host, credentials)}
}

class S3IntegratorMachine implements CharmMachine {
  readonly #host: CharmHost
  #credentials: S3Credentials | undefined

  constructor(host: CharmHost, credentials: S3Credentials | undefined) {
    this.#host = host
    this.#credentials = credentials
  }

  async install(): Promise<void> {
    await this.#publish()
  }

  async hook(event: CharmEvent): Promise<void> {
    if (event.kind !== 'update-status') await this.#publish()
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    switch (task.action) {
      case 'sync-s3-credentials':
        return this.#sync(task)
      case 'get-s3-credentials':
        return this.#credentials === undefined
          ? failed('Credentials are not set!')
          : completed({ok: 'Credentials are configured.'})
      case 'get-s3-connection-info':
        return completed({...(await this.#connection()), ...(this.#credentials && masked)})
      default:
        return failed(`this charm machine does not play ${task.action}`)
    }
  }

  async #sync({unit, parameters}: CharmTask): Promise<TaskOutcome> {
    const leader = (await this.#host.units()).find(view => view.leader)
    if (leader?.name !== unit) return failed('The action can be run only on leader unit.')
    this.#credentials = {accessKey: String(parameters['access-key']), secretKey: String(parameters['secret-key'])}
    await this.#publish()
    return completed({ok: 'Credentials successfully updated.'})
  }

  /** Puts options and keys into every relation, and shows what is missing. */
  async #publish(): Promise<void> {
    const keys = this.#credentials
    const connection = await this.#connection()
    for (const relation of await this.#host.relations(credentialsEndpoint)) {
      const bucket = connection['bucket'] ?? `relation-${relation.id}`
      const secret = keys === undefined ? {} : {'access-key': keys.accessKey, 'secret-key': keys.secretKey}
      await this.#host.publish(relation.id, keys === undefined ? {} : {...connection, bucket, ...secret})
    }
    const message = keys === undefined ? `Missing parameters: ${pythonList(['access-key', 'secret-key'])}` : ''
    for (const unit of await this.#host.units())
      await this.#host.setUnitStatus(unit.name, {status: keys === undefined ? 'blocked' : 'active', message})
  }

  async #connection(): Promise<Record<string, string>> {
    const set: Record<string, string> = {}
    for (const [key, value] of Object.entries(await this.#host.config())) {
      if (key === 'tls-ca-chain') set[key] = JSON.stringify(certificates(String(value)))
      else if (key === 'experimental-delete-older-than-days') set['delete-older-than-days'] = String(value)
      else set[key] = String(value as string)
    }
    return set
  }
}

const masked = {'access-key': '************', 'secret-key': '************'}

/** The PEM certificates in a base64 chain, as the relation carries them. */
function certificates(base64: string): readonly string[] {
  const chain = Buffer.from(base64, 'base64').toString('utf8')
  return chain.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
}
