/**
 * The floor of a burst: as many BackupJobs as come due, of the same size, created by a plain HTTP client that has nothing else to
 * do, over 16 connections that are open already.
 */
import {readFileSync} from 'node:fs'
import {Agent, request} from 'undici'
import {parse} from 'yaml'
import {childOf} from '../../src/controllers/backup-schedule/child.ts'
import {measure} from '../support/child.ts'
import {inParallel} from '../support/in-parallel.ts'
import {scheduleOf} from '../support/schedules.ts'

interface Kubeconfig {
  readonly clusters: readonly {cluster: {server: string; 'certificate-authority-data': string}}[]
  readonly users: readonly {user: {token: string}}[]
}

const [, , file = '', namespace = '', count = '1000', spread = '{}'] = process.argv
const connections = 16
const kubeconfig = parse(readFileSync(file, 'utf8')) as Kubeconfig
const cluster = kubeconfig.clusters[0]?.cluster
const ca = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString()
const dispatcher = new Agent({connect: {ca}, connections, allowH2: false})
const headers = {
  authorization: `Bearer ${kubeconfig.users[0]?.user.token}`,
  'content-type': 'application/json',
}
const url = `${cluster?.server}/apis/charmkeeper.dev/v1alpha1/namespaces/${namespace}/backupjobs`

const slot = Math.floor(Date.now() / 60_000) * 60_000
const bodies = Array.from({length: Number(count)}, (_, index) => {
  const job = childOf(scheduleOf(index, slot, JSON.parse(spread)), {slot})
  return JSON.stringify({...job, metadata: {...job.metadata, namespace}})
})

async function create(query: string, body: string): Promise<void> {
  const response = await request(`${url}${query}`, {dispatcher, headers, method: 'POST', body})
  const text = await response.body.text()
  if (response.statusCode !== 201) throw new Error(`${response.statusCode} ${text}`)
}

// Connections are open, code is compiled.
await inParallel(20 * connections, connections, () => create('?dryRun=All', bodies[0] ?? ''))
const startedAt = Date.now()
const usage = await measure(() => inParallel(bodies.length, connections, index => create('', bodies[index] ?? '')))
console.log(JSON.stringify({...usage, startedAt}))
process.exit(0)
