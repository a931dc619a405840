import assert from 'node:assert/strict'
import test from 'node:test'
import {ClusterIdUnknown, readClusterId, type ClusterIdDeps} from '../../../src/cluster-id.ts'
import type {KubeClient} from '../../../src/kube/client.ts'
import {ApiError, TransportError} from '../../../src/kube/errors.ts'
import {silentLogger} from '../../../src/observability/log.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const call = {method: 'GET', path: '/api/v1/namespaces/kube-system'}
const refused = (code: number): ApiError => new ApiError(call, code, {message: 'no'})
const deps = (clock: VirtualClock): ClusterIdDeps => ({clock, random: () => 0, log: silentLogger})
const running = new AbortController().signal

/** A client whose answers come from the list, the last one for ever. */
function answering(...answers: (string | Error)[]): {client: Pick<KubeClient, 'get'>; asked: () => number} {
  let asked = 0
  const get = () => {
    const answer = answers[Math.min(asked++, answers.length - 1)]
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve({metadata: {name: 'kube-system', uid: answer}})
  }
  return {client: {get} as unknown as KubeClient, asked: () => asked}
}

test('the UID of kube-system is the id of the cluster', async () => {
  const {client} = answering('3f0c')
  assert.equal(await readClusterId(client, deps(new VirtualClock()), running), '3f0c')
})

test('an API server that does not answer yet, or is just starting, is waited for', async () => {
  const clock = new VirtualClock()
  const {client, asked} = answering(new TransportError(call, new Error('ECONNREFUSED'), false), refused(503), '3f0c')
  const reading = readClusterId(client, deps(clock), running)
  await clock.advance(10_000)
  assert.equal(await reading, '3f0c')
  assert.equal(asked(), 3)
})

for (const code of [401, 403, 404]) {
  test(`an answer of ${code} that stays ends the start, and says what to do`, async () => {
    const clock = new VirtualClock()
    const {client, asked} = answering(refused(code))
    const reading = assert.rejects(readClusterId(client, deps(clock), running), error => {
      assert.ok(error instanceof ClusterIdUnknown)
      assert.match(error.message, /give --cluster-id, or the Role in kube-system/)
      return true
    })
    await clock.advance(60_000)
    await reading
    assert.ok(asked() > 2)
    assert.equal(clock.pendingTimers, 0)
  })
}

test('an API server that refuses everybody in its first seconds is given time', async () => {
  const clock = new VirtualClock()
  const reading = readClusterId(answering(refused(403), refused(403), '3f0c').client, deps(clock), running)
  await clock.advance(5_000)
  assert.equal(await reading, '3f0c')
})

test('waiting ends when the process is told to stop', async () => {
  const clock = new VirtualClock()
  const stop = new AbortController()
  const reading = readClusterId(answering(refused(503)).client, deps(clock), stop.signal)
  await clock.advance(1_000)
  stop.abort(new Error('SIGTERM received'))
  await assert.rejects(reading, /SIGTERM received/)
  assert.equal(clock.pendingTimers, 0)
})
