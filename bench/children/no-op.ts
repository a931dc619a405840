/** No-op reconciles of finished jobs through queue, workers, gate, time-outs and metrics; and the floor: bare look-ups of the same objects. */
import {keyOf} from '../../src/kube/resources.ts'
import {measure} from '../support/child.ts'
import {openClient} from '../support/cluster.ts'
import {idleController} from '../support/idle-controller.ts'

const rounds = Number(process.argv[3] ?? '10')
const {client, transport} = await openClient(process.argv[2] ?? '')
const stop = new AbortController()
const {jobs, controller} = idleController(client)
const following = jobs.start(stop.signal)
await jobs.synced()
const keys = jobs.store.list().map(keyOf)
const working = controller.run(stop.signal)

async function drained(): Promise<void> {
  while (controller.backlog > 0) await new Promise(resolve => setImmediate(resolve))
}

await drained()
const queue = await measure(async () => {
  for (let round = 0; round < rounds; round++) {
    for (const key of keys) controller.enqueue(key)
    await drained()
  }
})
const floor = await measure(async () => {
  for (let round = 0; round < rounds; round++) {
    for (const key of keys) {
      // A promise per key is the least that any asynchronous reconcile costs.
      await Promise.resolve(jobs.store.get(key))
    }
  }
})
console.log(JSON.stringify({reconciles: rounds * keys.length, queue, floor}))
stop.abort(new Error('measured'))
await Promise.all([following, working])
await transport.close()
