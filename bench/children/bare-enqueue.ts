/** What no operator can do without: for each job one write of its status and one call to Juju, with nothing read or decided. */
import type {BackupJob} from '../../src/api/backup-job.ts'
import {backupJobResource} from '../../src/api/backup-job.ts'
import {ModelSession} from '../../src/juju/model-session.ts'
import {measure} from '../support/child.ts'
import {openClient} from '../support/cluster.ts'
import {inParallel} from '../support/in-parallel.ts'
import {jujuDeps, jujuTarget} from '../support/juju-clients.ts'
import type {JujuPlace} from '../support/juju-server.ts'

const [, , kubeconfig = '', namespace = '', place = '', applications = '5', width = '16'] = process.argv
const juju = JSON.parse(place) as JujuPlace
const deps = jujuDeps()
const sessions = juju.modelUUIDs.map(uuid => new ModelSession(jujuTarget(juju), uuid, deps))
await Promise.all(sessions.map(session => session.whenConnected()))
const {client, transport} = await openClient(kubeconfig)
const {items: jobs} = await client.listPage<BackupJob>(backupJobResource, {namespace})
const usage = await measure(() =>
  inParallel(jobs.length, Number(width), async index => {
    const {name} = jobs[index]?.metadata ?? {name: ''}
    const patch = [{op: 'add', path: '/status', value: {observedGeneration: 1}}] as const
    await client.jsonPatch(backupJobResource, {namespace, name}, patch, {subresource: 'status'})
    const unit = `db${index % Number(applications)}/1`
    const session = sessions[Math.floor(index / Number(applications))]
    await session?.enqueue({unit, action: 'list-backups', parameters: {}})
  }),
)
console.log(JSON.stringify(usage))
await transport.close()
process.exit(0)
