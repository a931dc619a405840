/** Follows a burst of changes until all objects show it: raw (lines parsed, nothing else) or as the operator does. */
import {KubeConfig} from '@kubernetes/client-node'
import {Agent, request} from 'undici'
import type {BackupJob} from '../../src/api/backup-job.ts'
import {openClient} from '../support/cluster.ts'
import {idleController} from '../support/idle-controller.ts'

const [, , kind = '', kubeconfig = '', expected = '0'] = process.argv
/** the field that the burst changes, and what it changes it to */
const isChanged = (job: BackupJob): boolean => job.spec.priority === 1

class Tally {
  readonly #seen = new Set<string>()
  readonly #whenAll = Promise.withResolvers<{endedAt: number; cpuMs: number}>()
  #cpu: NodeJS.CpuUsage | undefined

  /** Notes that an object was handled in its changed state. */
  note(name: string): void {
    // The first event starts the account: what came before is not part of the burst.
    this.#cpu ??= process.cpuUsage()
    this.#seen.add(name)
    if (this.#seen.size < Number(expected)) return
    const {user, system} = process.cpuUsage(this.#cpu)
    this.#whenAll.resolve({endedAt: Date.now(), cpuMs: (user + system) / 1000})
  }

  get all(): Promise<{endedAt: number; cpuMs: number}> {
    return this.#whenAll.promise
  }
}

async function watchRaw(tally: Tally): Promise<void> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()]
  const ca = Buffer.from(cluster?.caData ?? '', 'base64').toString()
  const dispatcher = new Agent({connect: {ca}, allowH2: false, bodyTimeout: 0})
  const headers = {authorization: `Bearer ${user?.token}`}
  const base = `${cluster?.server}/apis/charmkeeper.dev/v1alpha1/backupjobs`
  const page = (await (await request(`${base}?limit=1`, {dispatcher, headers})).body.json()) as {
    metadata: {resourceVersion: string}
  }
  const url = `${base}?watch=true&resourceVersion=${page.metadata.resourceVersion}`
  const {body} = await request(url, {dispatcher, headers})
  console.log('ready')
  let rest = ''
  for await (const piece of body) {
    const lines = (rest + (piece as Buffer).toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tally.note((JSON.parse(line) as {object: BackupJob}).object.metadata.name)
  }
}

async function watchAsOperator(tally: Tally): Promise<void> {
  const {client} = await openClient(kubeconfig)
  const {jobs, controller} = idleController(client)
  const stop = new AbortController()
  void jobs.start(stop.signal)
  await jobs.synced()
  void controller.run(stop.signal)
  while (controller.backlog > 0) await new Promise(resolve => setImmediate(resolve))
  // Told after the controller's own handler: the key is queued, and an empty queue means that it was reconciled.
  jobs.onEvent(({object, initial}) => {
    if (!initial && isChanged(object)) tally.note(object.metadata.name)
  })
  console.log('ready')
  await tally.all
  while (controller.backlog > 0) await new Promise(resolve => setImmediate(resolve))
}

const tally = new Tally()
const watching = kind === 'raw' ? watchRaw(tally) : watchAsOperator(tally)
watching.catch((error: unknown) => {
  console.error(error)
  process.exit(1)
})
const result = await tally.all
if (kind !== 'raw') await watching
console.log(JSON.stringify({...result, endedAt: Date.now()}))
process.exit(0)
