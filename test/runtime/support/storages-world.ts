import type {TestContext} from 'node:test'
import {
  backupStorageResource,
  backupStorageSpecSchema,
  type BackupStorage,
  type BackupStorageSpec,
} from '../../../src/api/backup-storage.ts'
import type {Condition} from '../../../src/api/meta.ts'
import {parseBackupStorage} from '../../../src/api/parse.ts'
import {backupStorageController} from '../../../src/controllers/backup-storage/controller.ts'
import type {StorageDirectory} from '../../../src/controllers/backup-storage/directory.ts'
import {SourceReader} from '../../../src/controllers/credentials/source-reader.ts'
import {KubeClient} from '../../../src/kube/client.ts'
import {secrets} from '../../../src/kube/resources.ts'
import {EndpointPolicy} from '../../../src/net/endpoint-policy.ts'
import {ConsistencyGate} from '../../../src/runtime/consistency.ts'
import {EventRecorder} from '../../../src/runtime/event-recorder.ts'
import {Informer} from '../../../src/runtime/informer.ts'
import {noRuntimeMetrics} from '../../../src/runtime/metrics.ts'
import {FakeKube} from '../../support/fake-kube.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {MemoryBucket} from './memory-bucket.ts'
import {recordLog} from './recorders.ts'

export const namespace = 'team-a'

/** The BackupStorage controller on an API server and a bucket in memory, all in virtual time. */
export class StoragesWorld {
  readonly clock = new VirtualClock()
  readonly kube = new FakeKube(this.clock)
  readonly bucket = new MemoryBucket()
  readonly directory: StorageDirectory
  readonly log = recordLog()
  readonly #stop = new AbortController()
  readonly #runs: Promise<unknown>[]

  constructor(t: TestContext) {
    const common = {clock: this.clock, random: () => 0.5}
    const gate = new ConsistencyGate(common)
    const client = new KubeClient({...common, transport: this.kube.transport, onWrite: gate.wrote})
    const storages = new Informer<BackupStorage>({
      ...common,
      client,
      resource: backupStorageResource,
      validate: parseBackupStorage,
    })
    gate.track(storages)
    const reporter = {controller: 'charmkeeper.dev/operator', instance: 'test'}
    const {controller, directory, close} = backupStorageController({
      ...common,
      client,
      storages,
      sources: new SourceReader({client, clock: this.clock, secretReaderRole: 'charmkeeper-secrets-reader'}),
      policy: EndpointPolicy.parse(undefined),
      open: this.bucket.open,
      recorder: new EventRecorder({...common, client, reporter}),
      gate,
      workers: 2,
      log: this.log,
      runtimeMetrics: noRuntimeMetrics,
    })
    this.directory = directory
    const {signal} = this.#stop
    this.#runs = [storages.start(signal), storages.synced(signal).then(() => controller.run(signal))]
    t.after(async () => {
      this.#stop.abort()
      await Promise.all(this.#runs)
      close()
    })
    this.secret()
  }

  /** The Secret of the keys; none named: those that the bucket accepts. */
  secret(
    values: Readonly<Record<string, string>> = {'access-key': 'an-access-key', 'secret-key': this.bucket.secretKey},
  ): void {
    const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, btoa(value)]))
    this.kube.apply(secrets, {namespace, name: 's3-keys', body: {data}})
  }

  /** As `kubectl apply`, with the defaults that the API server would fill in. */
  apply(spec: Partial<BackupStorageSpec> = {}): void {
    const s3 = {bucket: 'db-backups', endpoint: 'https://s3.example.com', credentialsRef: {name: 's3-keys'}}
    const body = {spec: backupStorageSpecSchema.parse({s3, ...spec})}
    this.kube.apply<BackupStorage>(backupStorageResource, {namespace, name: 'store', body})
  }

  get status(): BackupStorage['status'] {
    return this.kube.get<BackupStorage>(backupStorageResource, 'store', namespace)?.status
  }

  get ready(): Condition | undefined {
    return this.status?.conditions?.find(({type}) => type === 'Ready')
  }

  get statusWrites(): number {
    return this.kube.server.calls.filter(({path}) => path.endsWith('/status')).length
  }

  get events(): readonly string[] {
    return this.kube.events().map(({reason}) => reason)
  }

  /** Passes time until Ready has this reason. */
  becomes(reason: string): Promise<void> {
    return this.clock.advanceUntil(() => this.ready?.reason === reason, {stepMs: 500, limitMs: 400_000})
  }
}
