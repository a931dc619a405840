import type {PostgresCluster} from '../../env/postgres/cluster.ts'
import {stanzasOf, type RestoreTarget} from '../../env/postgres/pgbackrest.ts'
import type {CommandResult as Ran} from '../../env/process/command.ts'
import {Bucket} from './bucket.ts'
import type {
  BackupOrder,
  CommandResult,
  PostgresqlEngine,
  RepositoryState,
  RestoreOrder,
  RestoreState,
  RestoreStep,
  SwitchoverEnd,
} from './engine.ts'
import type {S3Parameters} from '../s3-parameters.ts'

/**
 * A real PostgreSQL with pgBackRest behind the charm. It is one cluster without standbys, whichever unit is asked; which
 * unit counts as the primary is only remembered here.
 */
export class ClusterPostgresql implements PostgresqlEngine {
  readonly cluster: PostgresCluster
  /** The unit that counts as the primary; a test sets another one to play a failover. */
  primaryUnit: string | undefined
  #bucket: Bucket | undefined
  #restore: RestoreState = 'none'
  #restoring: Promise<void> = Promise.resolve()

  /** @param cluster its stanza has to be the charm's: `<model>.<application>`, on Kubernetes `<model>.patroni-<application>` */
  constructor(cluster: PostgresCluster) {
    this.cluster = cluster
  }

  async initialise(s3: S3Parameters, stanza: string, modelUUID: string): Promise<RepositoryState> {
    if (stanza !== this.cluster.stanza) throw new Error(`the cluster's stanza is ${this.cluster.stanza}, not ${stanza}`)
    this.#bucket?.close()
    const bucket = new Bucket(s3)
    this.#bucket = bucket
    const claim = await claimOf(bucket)
    if (claim === 'no-access') return claim
    await this.cluster.pointAt({
      ...s3,
      region: s3.region === '' ? 'us-east-1' : s3.region,
      uriStyle: s3.uriStyle === 'path' ? 'path' : 'host',
      ...(s3.caChain === undefined ? {} : {caCertificate: s3.caChain}),
    })
    const claimedByAnother = claim.owner !== undefined && claim.owner !== modelUUID
    if (claimedByAnother || (await this.#isOfAnotherDatabase())) {
      // It can be listed and restored from, but nothing of this cluster may go there.
      await this.cluster.archive(false)
      return 'another-cluster'
    }
    const created = await this.cluster.stanzaCreate()
    if (created.code !== 0) return 'stanza-failed'
    await this.cluster.archive(true)
    await bucket.write('model-uuid.txt', modelUUID)
    return 'ready'
  }

  async info(): Promise<CommandResult> {
    return plain(await this.cluster.pgbackrest(['info', '--output=json'], {withStanza: false}))
  }

  async archiveHistories(): Promise<CommandResult> {
    const words = ['repo-ls', 'archive', '--recurse', '--filter', String.raw`\.history$`, '--output=json']
    return plain(await this.cluster.pgbackrest(words, {withStanza: false}))
  }

  async backup({type, signal}: BackupOrder): Promise<CommandResult> {
    const ran = await this.cluster.backup(type, {abort: signal})
    signal.throwIfAborted()
    return plain(ran)
  }

  async upload(key: string, text: string): Promise<boolean> {
    if (this.#bucket === undefined) return false
    return this.#bucket.write(key, text).then(
      () => true,
      () => false,
    )
  }

  async primary(): Promise<string | undefined> {
    return this.primaryUnit
  }

  async member(): Promise<{online: boolean; started: boolean}> {
    const online = this.cluster.running
    return {online, started: online}
  }

  async restore(order: RestoreOrder): Promise<{step: RestoreStep; detail: string} | undefined> {
    const {stdout} = await this.info()
    const [stanza] = stanzasOf(stdout)
    this.#restore = 'running'
    await this.cluster.stop()
    const target = {...targetOf(order), ...(stanza === undefined ? {} : {stanza: stanza.name})}
    this.#restoring = this.#run(target, order.toTime !== undefined)
    return undefined
  }

  async restoreState(): Promise<RestoreState> {
    return this.#restore
  }

  async unitsChanged(units: readonly string[]): Promise<void> {
    if (this.primaryUnit === undefined || !units.includes(this.primaryUnit)) this.primaryUnit = units[0]
  }

  async switchover(unit: string): Promise<SwitchoverEnd> {
    if (this.primaryUnit === unit) return 'failed'
    this.primaryUnit = unit
    return 'done'
  }

  /** There is one database behind all units: it outlives each of them. */
  async crash(): Promise<void> {}

  async recover(): Promise<void> {}

  watch(): void {}

  /** Waits until the last restore has ended, well or not, and lets go of the bucket. The cluster is the caller's. */
  async close(): Promise<void> {
    await this.#restoring
    this.#bucket?.close()
  }

  /** What the charm asks `pgbackrest info` before it writes: the first stanza has to be its own, and of this very database. */
  async #isOfAnotherDatabase(): Promise<boolean> {
    const {rc, stdout} = await this.info()
    const [stanza] = rc === 0 ? stanzasOf(stdout) : []
    if (stanza === undefined) return false
    const known = stanza.db.map(db => db['system-id'])
    return stanza.name !== this.cluster.stanza || !known.includes(await this.cluster.systemIdentifier())
  }

  async #run(target: RestoreTarget, toTime: boolean): Promise<void> {
    const {outcome} = await this.cluster.restore(target).catch(() => ({outcome: 'recovery-failed' as const}))
    if (outcome === 'restored') this.#restore = 'done'
    else this.#restore = outcome === 'recovery-failed' && toTime ? 'pitr-failed' : 'failed'
  }
}

/** The model that claimed the repository, or that the bucket cannot be read. */
async function claimOf(bucket: Bucket): Promise<{readonly owner: string | undefined} | 'no-access'> {
  try {
    return {owner: (await bucket.read('model-uuid.txt'))?.trim()}
  } catch {
    return 'no-access'
  }
}

function plain({code, stdout, stderr}: Ran): CommandResult {
  return {rc: code ?? 1, stdout, stderr}
}

/** pgBackRest's options for the charm's wish. */
function targetOf({label, toTime, timeline}: RestoreOrder): RestoreTarget {
  const base = label === undefined ? {} : {set: label}
  // pgBackRest and PostgreSQL count timelines in decimal, the charm shows them in hexadecimal.
  const line = {targetTimeline: timeline === undefined ? 'current' : String(Number.parseInt(timeline, 16))}
  if (toTime === undefined || toTime === '') return {...base, type: 'immediate'}
  if (toTime === 'latest') return {...base, ...line, type: 'default'}
  return {...base, ...line, type: 'time', target: toTime}
}
