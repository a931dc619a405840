import type {BackupJob} from '../../src/api/backup-job.ts'
import {backupJobResource} from '../../src/api/backup-job.ts'
import type {KubeClient} from '../../src/kube/client.ts'

/** Longer than any bench. */
const timeoutSeconds = 7200

/** Notes when a watch first shows each BackupJob of a namespace, and does nothing else meanwhile. */
export class FirstSeen {
  /** ms since the epoch, by name */
  readonly times = new Map<string, number>()
  readonly #stop = new AbortController()

  /** What is there already does not count. */
  static async start(client: KubeClient, namespace: string): Promise<FirstSeen> {
    const {resourceVersion} = await client.listPage<BackupJob>(backupJobResource, {namespace, limit: 1})
    const seen = new FirstSeen()
    const options = {namespace, resourceVersion, timeoutSeconds, signal: seen.#stop.signal}
    const events = client.watch<BackupJob>(backupJobResource, options)
    void seen.#follow(events).catch((error: unknown) => {
      if (!seen.#stop.signal.aborted) throw error
    })
    return seen
  }

  stop(): void {
    this.#stop.abort(new Error('seen'))
  }

  async #follow(batches: ReturnType<KubeClient['watch']>): Promise<void> {
    for await (const batch of batches) {
      const now = Date.now()
      for (const {type, object} of batch) {
        const {name} = object.metadata
        if (type === 'ADDED' && !this.times.has(name)) this.times.set(name, now)
      }
    }
  }
}
