import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupJobResource} from '../../src/api/backup-job.ts'
import {IN_USE_FINALIZER, RUNNING_FINALIZER} from '../../src/api/meta.ts'
import {NotLeader} from '../../src/kube/errors.ts'
import {FakeKube} from '../support/fake-kube.ts'
import {
  credentials,
  namespace,
  ownerOf,
  pass,
  Person,
  self,
  startWorld,
  until,
  type World,
} from './support/models-world.ts'

const other = 'cluster-b/charmkeeper/charmkeeper'
const gaveBack = /^gave the model back/
const keptIt = /^the model was not given back/

async function connected(t: Parameters<typeof startWorld>[0]): Promise<World & {operator: ReturnType<World['start']>}> {
  const world = await startWorld(t)
  const operator = world.start()
  world.person.model('prod', world.juju)
  await world.becomes('Connected')
  assert.equal(ownerOf(world.juju), self)
  return {...world, operator}
}

/** How often a line of the log says so. */
const saidBy = ({operator}: {operator: ReturnType<World['start']>}, text: RegExp): number =>
  operator.lines.filter(({message}) => text.test(message)).length

test('a model whose JujuModel is deleted is owned by nobody, so that another cluster needs no takeOver', async t => {
  const world = await connected(t)
  const {clock, juju, person, start} = world
  person.deleteModel('prod')
  await until(clock, () => (ownerOf(juju) ?? '') === '' && juju.server.connections.length === 0)
  assert.equal(saidBy(world, gaveBack), 1)
  const elsewhere = new FakeKube(clock)
  const colleague = new Person(elsewhere)
  colleague.secret('juju-operator', credentials)
  colleague.model('theirs', juju)
  start({kube: elsewhere, self: other})
  await until(clock, () => colleague.reason('theirs') === 'Connected')
  assert.equal(ownerOf(juju), other)
})

test('a suspended JujuModel, which has no session, gives its model back too', async t => {
  const {clock, juju, person, becomes} = await connected(t)
  person.model('prod', juju, {suspend: true})
  await becomes('Suspended')
  await until(clock, () => juju.server.connections.length === 0)
  person.deleteModel('prod')
  await until(clock, () => (ownerOf(juju) ?? '') === '')
  await until(clock, () => juju.server.connections.length === 0)
})

test('while another JujuModel of this cluster is for the same model, it stays ours', async t => {
  const {clock, juju, person, becomes} = await connected(t)
  await clock.advance(1_000)
  person.model('again', juju, {model: {uuid: juju.modelUUID}})
  await becomes('DuplicateModel', 'again')
  person.deleteModel('prod')
  await becomes('Connected', 'again')
  await pass(clock, 60_000, 500)
  assert.equal(ownerOf(juju), self)
})

test('a model that was taken over meanwhile is left to its new owner', async t => {
  const world = await connected(t)
  const {clock, juju, person} = world
  juju.world.model(juju.modelUUID).annotations.get(`model-${juju.modelUUID}`)?.set('charmkeeper-owner', other)
  person.deleteModel('prod')
  await until(clock, () => juju.server.connections.length === 0)
  assert.equal(ownerOf(juju), other)
  assert.equal(saidBy(world, keptIt), 0)
})

test('a deletion does not wait for a controller that is away: the owner stays, and the log says so', async t => {
  const world = await connected(t)
  const {clock, juju, person} = world
  await juju.faults.refuse()
  juju.faults.reset()
  person.deleteModel('prod')
  assert.equal(person.get('prod'), undefined)
  await until(clock, () => saidBy(world, keptIt) === 1)
  await juju.faults.refuse(false)
  await pass(clock, 120_000, 500)
  assert.equal(juju.server.connections.length, 0, 'it is given up for good')
  assert.equal(ownerOf(juju), self)
})

test('a model is given back last of all: not while a task of a job of ours runs there', async t => {
  const {clock, juju, kube, person} = await connected(t)
  const job = (finalizers: string[]): void =>
    void kube.apply(backupJobResource, {
      namespace,
      name: 'nightly',
      finalizers,
      body: {
        spec: {modelRef: {name: 'prod'}, application: 'postgresql'},
        status: {observedGeneration: 1, grantedAt: '2026-11-22T12:00:00Z'},
      },
    })
  job([RUNNING_FINALIZER])
  await until(clock, () => person.get('prod')?.metadata.finalizers?.includes(IN_USE_FINALIZER) ?? false)
  person.deleteModel('prod')
  await pass(clock, 60_000, 500)
  assert.equal(ownerOf(juju), self)
  job([])
  await until(clock, () => person.get('prod') === undefined && (ownerOf(juju) ?? '') === '')
})

test('who lost the lease gives nothing back', async t => {
  const {clock, juju, person, becomes, start} = await startWorld(t)
  let leads = true
  const assertMayWrite = (): void => {
    if (!leads) throw new NotLeader('charmkeeper')
  }
  const operator = start({guard: {assertMayWrite}})
  person.model('prod', juju)
  await becomes('Connected')
  leads = false
  person.deleteModel('prod')
  await until(clock, () => saidBy({operator}, keptIt) === 1)
  assert.equal(ownerOf(juju), self)
})
