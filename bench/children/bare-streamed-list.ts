/** The floor of an initial sync: all objects as a stream over one connection, parsed and thrown away. */
import {readFileSync} from 'node:fs'
import {setTimeout as delay} from 'node:timers/promises'
import {parse} from 'yaml'
import {request, Agent, type Dispatcher} from 'undici'
import {splitLines} from '../../src/kube/line-splitter.ts'
import {measure} from '../support/child.ts'

interface Kubeconfig {
  readonly clusters: readonly {cluster: {server: string; 'certificate-authority-data': string}}[]
  readonly users: readonly {user: {token: string}}[]
}

const kubeconfig = parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Kubeconfig
const cluster = kubeconfig.clusters[0]?.cluster
const ca = Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString()
const dispatcher = new Agent({connect: {ca}, allowH2: false})
const headers = {authorization: `Bearer ${kubeconfig.users[0]?.user.token}`}
const selection = 'watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
const url = `${cluster?.server}/apis/charmkeeper.dev/v1alpha1/backupjobs?${selection}&timeoutSeconds=1800`
const tooManyRequests = 429

/** A server that has just started says "too many requests" until it holds all objects itself. */
async function open(): Promise<Dispatcher.ResponseData> {
  for (;;) {
    const response = await request(url, {dispatcher, headers})
    if (response.statusCode === 200) return response
    const text = await response.body.text()
    if (response.statusCode !== tooManyRequests) throw new Error(`the list was refused: ${text}`)
    await delay(500)
  }
}

/** @param enough ends it before its end */
async function read({body}: Dispatcher.ResponseData, enough: (type: string) => boolean): Promise<void> {
  for await (const lines of splitLines(body))
    for (const line of lines) if (enough((JSON.parse(line) as {type: string}).type)) return
  throw new Error('the stream ended before it had shown the whole list')
}

// Begun once before the measurement, so that the server is ready for it.
await read(await open(), () => true)
const usage = await measure(async () => read(await open(), type => type === 'BOOKMARK'))
console.log(JSON.stringify(usage))
await dispatcher.destroy()
