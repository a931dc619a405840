/** Sessions to many models in one process: memory, idle CPU with pings only, and CPU with the poll of each model. */
import {setTimeout as delay} from 'node:timers/promises'
import {ModelSession} from '../../src/juju/model-session.ts'
import {SnapshotPoller} from '../../src/juju/snapshot.ts'
import {settledRss} from '../support/child.ts'
import {jujuDeps, jujuTarget} from '../support/juju-clients.ts'
import type {JujuPlace} from '../support/juju-server.ts'

const [, , place = '', windowMs = '60000'] = process.argv
const juju = JSON.parse(place) as JujuPlace
const deps = jujuDeps()
const target = jujuTarget(juju)
const [, ...models] = juju.modelUUIDs
/** These load every module and compile every path, and are not counted. */
const warm = 10

const open = async (uuids: readonly string[]): Promise<readonly ModelSession[]> => {
  const sessions = uuids.map(uuid => new ModelSession(target, uuid, deps))
  await Promise.all(sessions.map(session => session.whenConnected()))
  await delay(1000)
  return sessions
}

const cpuPercent = async (): Promise<number> => {
  const before = process.cpuUsage()
  await delay(Number(windowMs))
  const {user, system} = process.cpuUsage(before)
  return (user + system) / Number(windowMs) / 10
}

await open(models.slice(0, warm))
const before = settledRss()
const sessions = await open(models.slice(warm))
const bytesPerSession = (settledRss() - before) / sessions.length
const idlePercent = await cpuPercent()
for (const session of sessions) new SnapshotPoller(session, deps)
// The first reading of all is at once, the others come a minute apart.
await delay(5000)
const polledPercent = await cpuPercent()
console.log(JSON.stringify({sessions: sessions.length, bytesPerSession, idlePercent, polledPercent}))
process.exit(0)
