import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {backupStorageResource} from '../../src/api/backup-storage.ts'
import {jujuModelResource} from '../../src/api/juju-model.ts'
import type {Condition, KubeObject, ResourceType} from '../../src/api/meta.ts'
import {KubeClient} from '../../src/kube/client.ts'
import {HttpTransport} from '../../src/kube/http-transport.ts'
import {loadConnection} from '../../src/kube/load-connection.ts'
import {events} from '../../src/kube/resources.ts'
import type {Event} from '../../src/runtime/event.ts'
import {Informer} from '../../src/runtime/informer.ts'
import {systemClock} from '../../src/time/clock.ts'

/** Our objects, as far as they tell how they stand. */
interface Told extends KubeObject {
  readonly status?: {readonly conditions?: readonly Condition[] | undefined}
}

/** Nobody reads faster. */
const readableMs = 700

/** Watches a namespace as anybody may, and tells each step on a line of its own. */
export class Narrator {
  readonly #print: (line: string) => void
  readonly #namespace: string
  readonly #stop = new AbortController()
  readonly #started = performance.now()
  readonly #last = new Map<string, string>()
  readonly #conditions = new Map<string, Condition>()
  readonly #ended = new Map<string, BackupJob>()
  readonly #waiting = new Set<() => void>()
  #transport: HttpTransport | undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(namespace: string, print: (line: string) => void) {
    this.#namespace = namespace
    this.#print = print
  }

  async start(kubeconfig: string): Promise<void> {
    const connection = await loadConnection({kubeconfig, env: {}, clock: systemClock})
    const transport = new HttpTransport({connection, clock: systemClock, userAgent: 'charmkeeper-demo'})
    this.#transport = transport
    const client = new KubeClient({transport, clock: systemClock, random: Math.random})
    const watch = <T extends KubeObject>(resource: ResourceType, tell: (object: T) => void): Informer<T> => {
      const namespaces = [this.#namespace]
      const informer = new Informer<T>({client, resource, namespaces, clock: systemClock, random: Math.random})
      informer.onEvent(({type, object}) => {
        if (type !== 'delete') tell(object)
      })
      return informer
    }
    const informers = [
      watch<Told>(jujuModelResource, object => this.#status(object, 'Ready')),
      watch<Told>(backupStorageResource, object => this.#status(object, 'Ready')),
      watch<BackupJob>(backupJobResource, job => this.#job(job)),
      watch<Event>(events, event => this.#event(event)),
    ]
    this.#running = Promise.all(informers.map(informer => informer.start(this.#stop.signal)))
    await Promise.all(informers.map(informer => informer.synced(this.#stop.signal)))
  }

  /** The job as it is when it has ended, well or not. */
  async end(name: string): Promise<BackupJob> {
    for (;;) {
      const job = this.#ended.get(name)
      if (job !== undefined) return job
      await new Promise<void>(resolve => this.#waiting.add(resolve))
    }
  }

  /** Tells no more; twice does no harm. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the story is told'))
    await this.#running
    await this.#transport?.close()
    this.#transport = undefined
  }

  #job(job: BackupJob): void {
    this.#status(job, 'Succeeded')
    const {lastMessage, unit} = job.status ?? {}
    if (lastMessage !== undefined) this.#once(`${job.metadata.name} says`, `      ${unit} says: ${lastMessage}`)
    const outcome = job.status?.conditions?.find(({type}) => type === 'Succeeded')
    const stalled = job.status?.conditions?.some(({type, status}) => type === 'Stalled' && status === 'True') ?? false
    if (outcome?.status !== 'True' && !stalled) return
    this.#ended.set(job.metadata.name, job)
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  /** A new word is told at once; a new sentence under the same word only if it lasts long enough to be read. */
  #status({kind, metadata, status}: Told, type: string): void {
    const condition = status?.conditions?.find(one => one.type === type)
    if (condition === undefined) return
    const subject = `${kind} ${metadata.name}`
    const {reason, message} = condition
    const tell = (): void => this.#once(subject, `${subject.padEnd(34)} ${reason.padEnd(16)} ${message}`)
    const before = this.#conditions.get(subject)
    this.#conditions.set(subject, condition)
    if (before?.reason !== reason) return tell()
    setTimeout(() => {
      if (this.#conditions.get(subject)?.message === message) tell()
    }, readableMs).unref()
  }

  #event({metadata, regarding, type, reason, note, series}: Event): void {
    if (series !== undefined) return
    const subject = `${regarding.kind} ${regarding.name}`
    const told = this.#conditions.get(subject)?.message === note
    this.#once(`event ${metadata.name}`, `      event on ${subject}: ${type} ${reason}${told ? '' : `: ${note}`}`)
  }

  /** A line is told when it is new for its subject. */
  #once(subject: string, line: string): void {
    if (this.#last.get(subject) === line) return
    this.#last.set(subject, line)
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1)
    this.#print(`${seconds.padStart(6)} s  ${line.trimEnd()}`)
  }
}
