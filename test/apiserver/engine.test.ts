import assert from 'node:assert/strict'
import {after, before, test} from 'node:test'

import {backupJobResource, type BackupJob} from '../../src/api/backup-job.ts'
import {backupScheduleSpecSchema, type BackupSchedule} from '../../src/api/backup-schedule.ts'
import {labelValue, SCHEDULE_LABEL, type KubeObject} from '../../src/api/meta.ts'
import {childOf} from '../../src/controllers/backup-schedule/child.ts'
import {isRefusal, TemplateChecks} from '../../src/controllers/backup-schedule/template-checks.ts'
import {KubeClient} from '../../src/kube/client.ts'
import {fixedCredentials} from '../../src/kube/credentials.ts'
import {ApiError, isAlreadyExists, isConflict, isGone, isInvalid, isNotFound, WatchIdle} from '../../src/kube/errors.ts'
import {HttpTransport} from '../../src/kube/http-transport.ts'
import {configMaps, events, leases} from '../../src/kube/resources.ts'
import {silentLogger} from '../../src/observability/log.ts'
import {EventRecorder} from '../../src/runtime/event-recorder.ts'
import type {Event} from '../../src/runtime/event.ts'
import {addFinalizer, isPatchTestFailed, removeFinalizer} from '../../src/runtime/finalizers.ts'
import {Informer, type InformerOptions} from '../../src/runtime/informer.ts'
import {LeaderElector} from '../../src/runtime/leader-election.ts'
import type {Lease} from '../../src/runtime/lease.ts'
import {StatusWriter} from '../../src/runtime/status-writer.ts'
import {systemClock} from '../../src/time/clock.ts'
import {NAMESPACE, TestApi} from './harness.ts'
import {backupJob, backupSchedule} from './objects.ts'

/** What the engine believes about the Kubernetes API, asked of a real one. */
let api: TestApi
let transport: HttpTransport
let client: KubeClient

before(async () => {
  api = await TestApi.start()
  const connection = {
    server: new URL(api.plane.url),
    tls: {ca: {data: api.plane.caCertificate}},
    credentials: fixedCredentials(`Bearer ${api.plane.adminToken}`),
  }
  transport = new HttpTransport({connection, clock: systemClock, userAgent: 'charmkeeper/test'})
  client = new KubeClient({transport, clock: systemClock, random: Math.random})
})

after(async () => {
  await transport?.close()
  await api?.stop()
})

const key = (name: string) => ({namespace: NAMESPACE, name})

function createJob(name: string): Promise<BackupJob> {
  const object = {apiVersion: 'charmkeeper.dev/v1alpha1', kind: 'BackupJob', ...backupJob(name)}
  return client.create<KubeObject>(backupJobResource, NAMESPACE, object) as Promise<BackupJob>
}

function newInformer<T extends KubeObject>(
  options: Pick<InformerOptions<T>, 'resource'> & Partial<InformerOptions<T>>,
): Informer<T> {
  return new Informer<T>({client, clock: systemClock, random: Math.random, log: silentLogger, ...options})
}

test('errors have the reasons that the engine tells apart', async () => {
  await assert.rejects(client.get(backupJobResource, key('missing')), isNotFound)
  const created = await createJob('errors')
  await assert.rejects(createJob('errors'), isAlreadyExists)
  await assert.rejects(
    client.replace(backupJobResource, {...created, metadata: {...created.metadata, resourceVersion: '1'}}),
    isConflict,
  )
  await assert.rejects(client.delete(backupJobResource, key('errors'), {uid: 'another'}), isConflict)
  const wrong = [{op: 'replace', path: '/spec/type', value: 'Nonsense'}] as const
  await assert.rejects(client.jsonPatch(backupJobResource, key('errors'), wrong), (error: unknown) => {
    assert.ok(error instanceof ApiError && isInvalid(error), String(error))
    return error.causes.some(({field}) => field === 'spec.type')
  })
  await client.delete(backupJobResource, key('errors'), {uid: created.metadata.uid ?? ''})
})

test('a status is written only onto the object that it was worked out from', async () => {
  const created = await createJob('status')
  const writer = new StatusWriter(client)
  const first = await writer.write(backupJobResource, created, {observedGeneration: 1, attempt: 1, lastMessage: 'x'})
  assert.equal(first?.status?.lastMessage, 'x')
  await assert.rejects(
    writer.write(backupJobResource, created, {observedGeneration: 1, attempt: 2}),
    isConflict,
    'resourceVersion',
  )
  const second = await writer.write(backupJobResource, first, {observedGeneration: 1, attempt: 2})
  assert.equal(second?.status?.lastMessage, undefined, 'what is left out is removed')
  await client.delete(backupJobResource, key('status'))
  await assert.rejects(writer.write(backupJobResource, second as BackupJob, {observedGeneration: 2}), isNotFound)
  const again = await createJob('status')
  await assert.rejects(writer.write(backupJobResource, second as BackupJob, {observedGeneration: 2}), isConflict)
  assert.deepEqual((await client.get<BackupJob>(backupJobResource, key('status'))).status, again.status)
})

test('finalizers are added and removed by patches that test what was seen', async () => {
  const created = await createJob('finalizers')
  const held = await addFinalizer(client, backupJobResource, created, 'charmkeeper.dev/running')
  assert.deepEqual(held.metadata.finalizers, ['charmkeeper.dev/running'])
  await assert.rejects(addFinalizer(client, backupJobResource, created, 'charmkeeper.dev/other'), isPatchTestFailed)
  const both = await addFinalizer(client, backupJobResource, held, 'charmkeeper.dev/other')
  await assert.rejects(
    removeFinalizer(
      client,
      backupJobResource,
      {...both, metadata: {...both.metadata, uid: 'another'}},
      'charmkeeper.dev/other',
    ),
    isPatchTestFailed,
  )
  await client.delete(backupJobResource, key('finalizers'))
  const one = await removeFinalizer(client, backupJobResource, both, 'charmkeeper.dev/running')
  assert.deepEqual(one?.metadata.finalizers, ['charmkeeper.dev/other'])
  assert.ok(one.metadata.deletionTimestamp)
  await removeFinalizer(client, backupJobResource, one, 'charmkeeper.dev/other')
  await assert.rejects(client.get(backupJobResource, key('finalizers')), isNotFound)
  assert.equal(await removeFinalizer(client, backupJobResource, one, 'charmkeeper.dev/other'), undefined)
})

for (const streamingList of [false, true])
  test(`an informer follows the server, its list ${streamingList ? 'streamed' : 'in pages'}`, async () => {
    const name = `followed-${streamingList}`
    await createJob(name)
    const informer = newInformer<BackupJob>({resource: backupJobResource, streamingList, namespaces: [NAMESPACE]})
    const seen: string[] = []
    informer.onEvent(({type, object}) => seen.push(`${type} ${object.metadata.name}`))
    const stop = new AbortController()
    const running = informer.start(stop.signal)
    await informer.synced(AbortSignal.timeout(10_000))
    assert.ok(informer.store.get(`${NAMESPACE}/${name}`))
    const written = await client.jsonPatch<BackupJob>(backupJobResource, key(name), [
      {op: 'add', path: '/metadata/labels', value: {a: 'b'}},
    ])
    await api.until('the change is in the cache', async () =>
      informer.hasSeen(`${NAMESPACE}/${name}`, written.metadata.resourceVersion ?? ''),
    )
    assert.equal(informer.store.get(`${NAMESPACE}/${name}`)?.metadata.labels?.['a'], 'b')
    await client.delete(backupJobResource, key(name))
    await api.until(
      'the deletion is in the cache',
      async () => informer.store.get(`${NAMESPACE}/${name}`) === undefined,
    )
    assert.deepEqual(
      seen.filter(line => line.endsWith(name)),
      [`add ${name}`, `update ${name}`, `delete ${name}`],
    )
    assert.deepEqual(await informer.checkDrift(stop.signal), [])
    stop.abort()
    await running
  })

test('pages continue, and a list of metadata only has versions and no spec', async () => {
  for (let i = 0; i < 5; i++) await createJob(`paged-${i}`)
  const first = await client.listPage<BackupJob>(backupJobResource, {namespace: NAMESPACE, limit: 2})
  assert.equal(first.items.length, 2)
  const rest = await client.listPage<BackupJob>(backupJobResource, {
    namespace: NAMESPACE,
    limit: 100,
    continue: first.continue,
  })
  assert.equal(rest.continue, undefined)
  assert.equal(rest.resourceVersion, first.resourceVersion)
  const lean = await client.listPage<BackupJob>(backupJobResource, {namespace: NAMESPACE, metadataOnly: true})
  assert.equal(lean.items.length, first.items.length + rest.items.length)
  assert.ok(lean.items.every(({metadata, spec}) => metadata.resourceVersion !== undefined && spec === undefined))
  for (let i = 0; i < 5; i++) await client.delete(backupJobResource, key(`paged-${i}`))
})

test('a watch from a version that never was says so, and a silent one is left', async () => {
  const from = (resourceVersion: string, idleMs: number) =>
    client.watch(backupJobResource, {resourceVersion, timeoutSeconds: 5, idleMs}).next()
  await assert.rejects(from('1', 10_000), (error: unknown) => isGone(error) || error instanceof WatchIdle)
  const {resourceVersion} = await client.listPage(backupJobResource)
  await assert.rejects(from(resourceVersion, 300), WatchIdle)
})

test('items of a core list carry their kind, and an unpaged list of a watch cache works', async () => {
  await client.create(configMaps, NAMESPACE, {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'c'}})
  const {items} = await client.listPage(configMaps, {namespace: NAMESPACE, resourceVersion: '0'})
  assert.ok(items.length > 0 && items.every(({kind, apiVersion}) => kind === 'ConfigMap' && apiVersion === 'v1'))
})

test('a lease is taken, renewed, and given up, in the form that the server accepts', async () => {
  const options = {client, namespace: NAMESPACE, name: 'charmkeeper', clock: systemClock, random: Math.random}
  const elector = new LeaderElector({...options, identity: 'a', retryPeriodMs: 50})
  const stop = new AbortController()
  const running = elector.run(stop.signal)
  await elector.elected
  const taken = await client.get<Lease>(leases, key('charmkeeper'))
  await api.until('the lease is renewed', async () => {
    const {spec} = await client.get<Lease>(leases, key('charmkeeper'))
    return spec.renewTime !== taken.spec.renewTime
  })
  assert.equal(elector.isLeader, true)
  stop.abort()
  await running
  await elector.release()
  const {spec} = await client.get<Lease>(leases, key('charmkeeper'))
  assert.equal(spec.holderIdentity ?? '', '')
})

test('events are accepted, and repetitions become a series', async () => {
  const regarding = await createJob('eventful')
  const reporter = {controller: 'charmkeeper.dev/operator', instance: 'test'}
  const recorder = new EventRecorder({client, reporter, clock: systemClock, random: Math.random})
  for (let i = 0; i < 3; i++) {
    recorder.event(regarding, {type: 'Normal', reason: 'Started', action: 'Reconciling', note: 'it runs'})
    await recorder.flush()
  }
  const {items} = await client.listPage<Event>(events, {namespace: NAMESPACE})
  const mine = items.filter(event => event.regarding.name === 'eventful')
  assert.deepEqual(
    mine.map(({series, note}) => [series?.count, note]),
    [[3, 'it runs']],
  )
})

/** As the API server holds it: with its defaults. */
function schedule(name: string, namespace = NAMESPACE): BackupSchedule {
  const {spec} = backupSchedule(name)
  const metadata = {name, namespace, uid: name, generation: 1}
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupSchedule',
    metadata,
    spec: backupScheduleSpecSchema.parse(spec),
  }
}

test('S5.15 S5.22 300 schedules whose names begin with the same 200 characters: each has its own job, once', async () => {
  const slot = Date.parse('2026-11-22T02:00:00Z')
  const names = Array.from({length: 300}, (_, index) => `${'p'.repeat(200)}-${index}`)
  const children = names.map(name => childOf(schedule(name), {slot}))
  const stop = AbortSignal.timeout(60_000)
  for (let from = 0; from < children.length; from += 50)
    await Promise.all(
      children.slice(from, from + 50).map(child => client.create(backupJobResource, NAMESPACE, child, {signal: stop})),
    )
  const [name = ''] = names
  await assert.rejects(client.create(backupJobResource, NAMESPACE, childOf(schedule(name), {slot})), isAlreadyExists)
  const selector = `${SCHEDULE_LABEL}=${labelValue(name)}`
  const found = await api.plane.kubectlOrThrow(['get', 'backupjobs', '-n', NAMESPACE, '-l', selector, '-o', 'name'])
  assert.equal(found.trim(), `backupjob.charmkeeper.dev/${children[0]?.metadata.name}`)
})

test('a template that a quota forbids is refused before its first slot, in the words of the API server, and changes nothing', async () => {
  const namespace = 'full'
  await api.must('POST', '/api/v1/namespaces', {metadata: {name: namespace}})
  const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`
  const hard = {'count/backupjobs.charmkeeper.dev': '0'}
  const quota = await api.must('POST', quotas, {metadata: {name: 'no-jobs'}, spec: {hard}})
  const templates = new TemplateChecks(client, systemClock)
  const one = schedule('nightly', namespace)
  await templates.ask(one, AbortSignal.timeout(10_000))
  assert.equal(templates.refusalOf(one), undefined, 'the quota is not in force yet: nobody has counted')
  await api.must('PUT', `${quotas}/no-jobs/status`, {...quota, status: {hard, used: hard}})
  await api.until('the quota is in force', async () => {
    await templates.ask(one, AbortSignal.timeout(10_000))
    return templates.refusalOf(one) !== undefined
  })
  assert.match(templates.refusalOf(one)?.message ?? '', /exceeded quota: no-jobs.*limited: count\/backupjobs/)
  const {items} = await client.listPage(backupJobResource, {namespace})
  assert.deepEqual(items, [])
})

test('a namespace that is being deleted refuses a template, and says why', async () => {
  const namespace = 'leaving'
  await api.must('POST', '/api/v1/namespaces', {metadata: {name: namespace}})
  await api.must('DELETE', `/api/v1/namespaces/${namespace}`)
  const templates = new TemplateChecks(client, systemClock)
  const one = schedule('nightly', namespace)
  await api.until('the namespace takes nothing more', async () => {
    await templates.ask(one, AbortSignal.timeout(10_000))
    return templates.refusalOf(one) !== undefined
  })
  assert.match(templates.refusalOf(one)?.message ?? '', /because it is being terminated/)
  await assert.rejects(client.create(backupJobResource, namespace, childOf(one, {slot: 0})), isRefusal)
})
