/** An initial sync as the operator makes it: checked, trimmed, indexed, kept. */
import {backupJobResource} from '../../src/api/backup-job.ts'
import {jobIndexes, trimming} from '../../src/controllers/backup-job/cache.ts'
import {Informer} from '../../src/runtime/informer.ts'
import {systemClock} from '../../src/time/clock.ts'
import {measure, settledHeap, settledRss} from '../support/child.ts'
import {openClient} from '../support/cluster.ts'

const {client, transport} = await openClient(process.argv[2] ?? '')
// The same answer once, thrown away: modules, TLS and the working memory of lists are there, so that what is kept is weighed alone.
for await (const events of client.watch(backupJobResource, {sendInitialEvents: true, timeoutSeconds: 300}))
  if (events.some(({type}) => type === 'BOOKMARK')) break
const heapBefore = settledHeap()
const rssBefore = settledRss()
const stop = new AbortController()
const informer = new Informer({
  client,
  resource: backupJobResource,
  transform: trimming(),
  indexers: jobIndexes,
  clock: systemClock,
  random: Math.random,
})
let following: Promise<void> | undefined
const usage = await measure(async () => {
  following = informer.start(stop.signal)
  await informer.synced()
  return informer
})
console.log(
  JSON.stringify({...usage, rssBefore, heapBytes: settledHeap() - heapBefore, objects: informer.store.list().length}),
)
stop.abort()
await following
await transport.close()
