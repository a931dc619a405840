/** The floor of an initial sync: pages of 500 over one connection, parsed and thrown away. */
import {readFileSync} from 'node:fs'
import {parse} from 'yaml'
import {request, Agent} from 'undici'
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

const usage = await measure(async () => {
  let next: string | undefined = ''
  while (next !== undefined) {
    const url = `${cluster?.server}/apis/charmkeeper.dev/v1alpha1/backupjobs?limit=500&continue=${next}`
    const {body} = await request(url, {dispatcher, headers})
    const page = (await body.json()) as {metadata: {continue?: string}}
    next = page.metadata.continue || undefined
  }
})
console.log(JSON.stringify(usage))
await dispatcher.close()
