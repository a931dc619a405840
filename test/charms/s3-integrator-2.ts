import type {CharmDescription} from './charm.ts'
import {failed} from './machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome, UnitStatus} from './machine.ts'
import {certificates, connectionOptions, credentialsEndpoint, longestRetentionDays, relationKey} from './s3-options.ts'
import {active, blocked} from './statuses.ts'

const description: CharmDescription = {
  name: 's3-integrator',
  summary: 'A charm for transmission of S3-credentials.',
  description: 'A charm machine that answers as s3-integrator of track 2 does.',
  revision: 231,
  channel: '2/edge',
  base: {name: 'ubuntu', channel: '24.04/stable'},
  workloadVersion: '',
  actions: {
    'status-detail': {
      description: 'Tells all statuses of the charm.',
      parameters: {recompute: {type: 'boolean', default: false, description: 'Looks anew.'}},
    },
  },
  options: {
    ...connectionOptions,
    bucket: {type: 'string', description: 'Name of the bucket.'},
    's3-api-version': {type: 'string', description: '2 or 4.'},
    credentials: {type: 'secret', description: 'Secret with access-key and secret-key.'},
  },
  provides: {[credentialsEndpoint]: {interface: 's3'}},
  requires: {},
  peers: {'status-peers': {interface: 'status_peers'}},
}

/** What a test may change about the store while the charm runs. */
export interface StoreConditions {
  /** Buckets that can neither be found nor created. */
  readonly unavailable: Set<string>
}

export interface S3Integrator2Charm extends Charm {
  readonly store: StoreConditions
}

/**
 * s3-integrator of track 2: its keys come from a user secret that the option `credentials` names and that was granted
 * to it. Applications that ask by the first version of the interface, as all charm machines here do, get the keys in
 * their relation. Of several things that are wrong the first is shown; `status-detail` is not played.
 */
export function s3Integrator2Charm(): S3Integrator2Charm {
  const store: StoreConditions = {unavailable: new Set()}
  return {description, store, deploy: host => new S3Integrator2Machine(host, store)}
}

type Config = Readonly<Record<string, unknown>>

class S3Integrator2Machine implements CharmMachine {
  readonly #host: CharmHost
  readonly #store: StoreConditions

  constructor(host: CharmHost, store: StoreConditions) {
    this.#host = host
    this.#store = store
  }

  async install(): Promise<void> {
    await this.#reconcile()
  }

  async hook(event: CharmEvent): Promise<void> {
    if (event.kind !== 'crash' && event.kind !== 'stop') await this.#reconcile()
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    return failed(`this charm machine does not play ${task.action}`)
  }

  /** As long as something is wrong the relations keep what they have. */
  async #reconcile(): Promise<void> {
    const config = await this.#host.config()
    const keys = configProblem(config) ?? (await this.#keys(config))
    const wrong = typeof keys === 'string' ? keys : this.#bucketProblem(config)
    await this.#show(wrong === undefined ? active : blocked(wrong))
    if (wrong !== undefined || typeof keys === 'string') return
    const data = {'lib-version': '1.0', ...inRelation(config), ...keys}
    for (const {id} of await this.#host.relations(credentialsEndpoint)) await this.#host.publish(id, data)
  }

  /** The keys in the secret, or why there are none. */
  async #keys({credentials}: Config): Promise<Readonly<Record<string, string>> | string> {
    const uri = String(credentials as string)
    const content = await this.#host.secret(uri)
    if (content === 'not found') return `The secret '${uri}' does not exist`
    if (content === 'not granted') return `The secret '${uri}' has not been granted to the charm`
    const {'access-key': access = '', 'secret-key': secret = ''} = content
    const missing = [...(access === '' ? ['access-key'] : []), ...(secret === '' ? ['secret-key'] : [])]
    if (missing.length > 0) return `The secret '${uri}' is missing mandatory field(s): ${quoted(missing)}`
    return {'access-key': access, 'secret-key': secret}
  }

  #bucketProblem({bucket}: Config): string | undefined {
    if (typeof bucket !== 'string' || !this.#store.unavailable.has(bucket)) return undefined
    return `Could not ensure bucket(s): ${quoted([bucket])}`
  }

  async #show(status: UnitStatus): Promise<void> {
    await this.#host.setApplicationStatus(status)
    for (const unit of await this.#host.units()) await this.#host.setUnitStatus(unit.name, status)
  }
}

const bucketName = /^(?!xn--|.+-s3alias$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/
const secretURI = /^secret:[a-z0-9]{20}/

/** Options in the order in which the charm complains, each with what it has to look like when it is set. */
const rules: readonly (readonly [option: string, isValid: (value: string) => boolean])[] = [
  ['bucket', value => bucketName.test(value)],
  ['tls-ca-chain', value => certificates(value).length > 0],
  ['s3-api-version', value => ['2', '4'].includes(value)],
  ['experimental-delete-older-than-days', value => Number(value) > 0 && Number(value) <= longestRetentionDays],
  ['credentials', value => secretURI.test(value)],
]

function configProblem(config: Config): string | undefined {
  if (config['credentials'] === undefined) return `Missing config(s): ${quoted(['credentials'])}`
  const invalid = rules.filter(
    ([option, isValid]) => isSet(config[option]) && !isValid(String(config[option] as string)),
  )
  return invalid.length === 0 ? undefined : `Invalid config(s): ${quoted(invalid.map(([option]) => option))}`
}

function inRelation(config: Config): Record<string, string> {
  const set = Object.entries(config).filter(([option, value]) => option !== 'credentials' && isSet(value))
  return Object.fromEntries(
    set.map(([option, value]) => {
      const text = String(value as string)
      return [relationKey(option), option === 'tls-ca-chain' ? JSON.stringify(certificates(text)) : text]
    }),
  )
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== ''
}

function quoted(names: readonly string[]): string {
  return names.map(name => `'${name}'`).join(', ')
}
