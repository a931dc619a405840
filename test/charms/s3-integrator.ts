import type {CharmDescription, JsonSchema} from './charm.ts'
import {completed, failed} from './machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome} from './machine.ts'
import {pythonList} from './python.ts'
import {certificates, connectionOptions, credentialsEndpoint, longestRetentionDays, relationKey} from './s3-options.ts'
import {active, blocked} from './statuses.ts'

export {credentialsEndpoint}

export interface S3Credentials {
  readonly accessKey: string
  readonly secretKey: string
}

const keyParameter = (description: string): JsonSchema => ({type: 'string', description})
const emptyText = {type: 'string', default: ''} as const

const description: CharmDescription = {
  name: 's3-integrator',
  summary: 'A charm for transmission of S3-credentials.',
  description: 'A charm machine that answers as s3-integrator of track 1 does.',
  revision: 77,
  channel: '1/stable',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '',
  actions: {
    'get-s3-connection-info': {description: 'Tells the connection, keys masked.', parameters: {}},
    'get-s3-credentials': {description: 'Tells whether there are keys.', parameters: {}},
    'sync-s3-credentials': {
      description: 'Takes the keys. Runs on the leader.',
      parameters: {'access-key': keyParameter('Access key.'), 'secret-key': keyParameter('Secret key.')},
      required: ['access-key', 'secret-key'],
    },
  },
  options: {
    ...connectionOptions,
    bucket: {...emptyText, description: 'Name of the bucket.'},
    's3-api-version': {...emptyText, description: 'Version of the signature.'},
  },
  provides: {[credentialsEndpoint]: {interface: 's3'}},
  requires: {},
  peers: {'s3-integrator-peers': {interface: 's3-integrator-peers'}},
}

/** s3-integrator of track 1. @param credentials the keys that `sync-s3-credentials` was once run with, if it was */
export function s3IntegratorCharm(credentials?: S3Credentials): Charm {
  return {description, deploy: host => new S3IntegratorMachine(host, credentials)}
}

const keyOptions = ['access-key', 'secret-key'] as const

/** Its texts, and what it does to its relations, are read in the charm. */
class S3IntegratorMachine implements CharmMachine {
  readonly #host: CharmHost
  /** What it remembers in its peer data, as the relations carry it. */
  readonly #peer = new Map<string, string>()

  constructor(host: CharmHost, credentials: S3Credentials | undefined) {
    this.#host = host
    if (credentials !== undefined) this.#remember(credentials)
  }

  async install(): Promise<void> {
    await this.#takeOptions()
    await this.#answerRelations()
    await this.#show()
  }

  async hook(event: CharmEvent): Promise<void> {
    switch (event.kind) {
      case 'config-changed':
        await this.#configChanged()
        break
      case 'relation-changed':
        await this.#answerRelations()
        break
      case 'start':
      case 'units-changed':
        await this.#show()
        break
      case 'update-status':
      case 'leader-elected':
      case 'upgrade-charm':
      case 'stop':
      case 'crash':
        break
    }
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    switch (task.action) {
      case 'sync-s3-credentials':
        return this.#sync(task)
      case 'get-s3-credentials':
        return keyOptions.every(key => this.#peer.has(key))
          ? completed({ok: 'Credentials are configured.'})
          : failed('Credentials are not set!')
      case 'get-s3-connection-info':
        return this.#connectionInfo()
      default:
        return failed(`this charm machine does not play ${task.action}`)
    }
  }

  async #sync({unit, parameters}: CharmTask): Promise<TaskOutcome> {
    const leader = (await this.#host.units()).find(view => view.leader)
    if (leader?.name !== unit) return failed('The action can be run only on leader unit.')
    this.#remember({accessKey: String(parameters['access-key']), secretKey: String(parameters['secret-key'])})
    await this.#publish()
    await this.#show()
    return completed({ok: 'Credentials successfully updated.'})
  }

  #remember({accessKey, secretKey}: S3Credentials): void {
    this.#peer.set('access-key', accessKey)
    this.#peer.set('secret-key', secretKey)
  }

  #connectionInfo(): TaskOutcome {
    if (this.#peer.size === 0) return failed('Credentials are not set!')
    const shown = [...this.#peer].map(([key, value]) => [key, isKey(key) ? '************' : value])
    return completed(Object.fromEntries(shown) as Record<string, string>)
  }

  async #configChanged(): Promise<void> {
    const before = JSON.stringify([...this.#peer])
    const refused = await this.#takeOptions()
    await this.#publish()
    if (JSON.stringify([...this.#peer]) !== before) await this.#show()
    else if (refused !== undefined) await this.#blockLeader(refused)
  }

  /** Remembers options that are set and forgets the others. @returns what is wrong with one of them */
  async #takeOptions(): Promise<string | undefined> {
    const config = await this.#host.config()
    let refused: string | undefined
    for (const option of Object.keys(description.options)) {
      const key = relationKey(option)
      const value = config[option]
      if (key !== option && value !== undefined) refused = this.#takeRetention(key, Number(value))
      else if (value === undefined || value === '') this.#peer.delete(key)
      else this.#peer.set(key, inRelation(option, String(value as string)))
    }
    return refused
  }

  #takeRetention(key: string, days: number): string | undefined {
    if (days < 1 || days > longestRetentionDays)
      return `Option ${key} value ${days} outside allowed range [1, ${longestRetentionDays}].`
    this.#peer.set(key, String(days))
    return undefined
  }

  /** Without a bucket of its own, the one that an application asks for becomes everybody's. */
  async #answerRelations(): Promise<void> {
    for (const {id} of await this.#host.relations(credentialsEndpoint))
      if (!this.#peer.has('bucket')) this.#peer.set('bucket', `relation-${id}`)
    await this.#publish()
  }

  async #publish(): Promise<void> {
    for (const {id} of await this.#host.relations(credentialsEndpoint))
      await this.#host.publish(id, Object.fromEntries(this.#peer))
  }

  async #show(): Promise<void> {
    const missing = keyOptions.filter(key => !this.#peer.has(key))
    const status = missing.length === 0 ? active : blocked(`Missing parameters: ${pythonList(missing)}`)
    for (const unit of await this.#host.units()) await this.#host.setUnitStatus(unit.name, status)
  }

  async #blockLeader(message: string): Promise<void> {
    const leader = (await this.#host.units()).find(view => view.leader)
    if (leader !== undefined) await this.#host.setUnitStatus(leader.name, blocked(message))
  }
}

function isKey(key: string): boolean {
  return keyOptions.some(each => each === key)
}

/** Lists travel as JSON. */
function inRelation(option: string, value: string): string {
  if (option === 'tls-ca-chain') return JSON.stringify(certificates(value))
  return option === 'attributes' ? JSON.stringify(value.split(',')) : value
}
