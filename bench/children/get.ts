/** The same object, many times, through one of three clients: raw, ours, client-node. */
import {readFileSync} from 'node:fs'
import {CustomObjectsApi, KubeConfig} from '@kubernetes/client-node'
import {Agent, request} from 'undici'
import {backupJobResource} from '../../src/api/backup-job.ts'
import {measure} from '../support/child.ts'
import {benchNamespace, openClient} from '../support/cluster.ts'
import {inParallel} from '../support/in-parallel.ts'

const [, , kind = '', kubeconfig = '', count = '1000', width = '20'] = process.argv
const name = 'job-0'

type Get = () => Promise<unknown>

async function openRaw(): Promise<Get> {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()]
  const connect = {ca: Buffer.from(cluster?.caData ?? '', 'base64').toString()}
  const dispatcher = new Agent({connect, connections: 16, allowH2: false})
  const url = `${cluster?.server}/apis/charmkeeper.dev/v1alpha1/namespaces/${benchNamespace}/backupjobs/${name}`
  const headers = {authorization: `Bearer ${user?.token}`}
  return Promise.resolve(async () => (await request(url, {dispatcher, headers})).body.json())
}

async function openOurs(): Promise<Get> {
  const {client} = await openClient(kubeconfig)
  return () => client.get(backupJobResource, {namespace: benchNamespace, name})
}

async function openClientNode(): Promise<Get> {
  const config = new KubeConfig()
  config.loadFromString(readFileSync(kubeconfig, 'utf8'))
  const api = config.makeApiClient(CustomObjectsApi)
  const {group, version, plural} = backupJobResource
  return Promise.resolve(() => api.getNamespacedCustomObject({group, version, plural, namespace: benchNamespace, name}))
}

const clients: Readonly<Record<string, () => Promise<Get>>> = {
  raw: openRaw,
  ours: openOurs,
  'client-node': openClientNode,
}
const get = await clients[kind]?.()
if (get === undefined) throw new RangeError(`no client "${kind}"`)
// Warm: modules are loaded, code is compiled.
await inParallel(100, Number(width), async () => void (await get()))
const usage = await measure(() => inParallel(Number(count), Number(width), async () => void (await get())))
console.log(JSON.stringify(usage))
process.exit(0)
