import assert from 'node:assert/strict'
import {test, type TestContext} from 'node:test'
import {type BackupStorageSpec, backupStorageSpecSchema} from '../../src/api/backup-storage.ts'
import {type DestinationCheck, DestinationChecks} from '../../src/controllers/backup-storage/integrator-check.ts'
import {SourceReader} from '../../src/controllers/credentials/source-reader.ts'
import {KubeClient} from '../../src/kube/client.ts'
import {CertificateAuthority} from '../env/certificates.ts'
import {answer, namespace, startWorld, until, type World} from './support/models-world.ts'

/** The integrator's configuration of the simulated model, as a BackupStorage. */
function spec(changes: Partial<BackupStorageSpec['s3']> = {}): BackupStorageSpec {
  const s3 = {endpoint: 'https://s3.example.com', bucket: 'backups', region: 'us-east-1', path: '/pg', uriStyle: 'Path'}
  return backupStorageSpecSchema.parse({s3: {...s3, credentialsRef: {name: 's3-keys'}, ...changes}})
}

interface Checked extends World {
  readonly check: (wanted?: BackupStorageSpec) => Promise<DestinationCheck>
  readonly invalidate: () => void
  readonly refresh: () => Promise<unknown>
}

/** A connected model, and the check on it. */
async function checked(t: TestContext): Promise<Checked> {
  const world = await startWorld(t)
  const {clock, kube, juju, person, becomes, start} = world
  const {directory} = start()
  person.model('prod', juju)
  await becomes('Connected')
  const client = new KubeClient({clock, random: () => 0.5, transport: kube.transport})
  const checks = new DestinationChecks({clock, sources: new SourceReader({client, clock, secretReaderRole: 'x'})})
  const lookup = directory.lookup(namespace, 'prod')
  assert.ok(lookup.found && lookup.ready)
  const {handle} = lookup
  await until(clock, () => handle.snapshots.latest !== undefined)
  return {
    ...world,
    check: wanted => answer(clock, checks.check(handle, 'postgresql', 's3-parameters', wanted)),
    invalidate: () => checks.invalidate(handle.modelUUID),
    refresh: () => answer(clock, handle.snapshots.refreshNow()),
  }
}

test('S1.9 a BackupStorage that says what the integrator says is the destination', async t => {
  const {check} = await checked(t)
  const destination = {
    ok: true,
    endpoint: 'https://s3.example.com',
    region: 'us-east-1',
    bucket: 'backups',
    path: 'pg',
  }
  assert.deepEqual(await check(spec()), destination)
  assert.deepEqual(await check(), destination)
})

test('S1.9 an integrator that points elsewhere is a mismatch, field by field', async t => {
  const {check} = await checked(t)
  const found = await check(spec({bucket: 'other-bucket', path: '/elsewhere'}))
  assert.ok(!found.ok && found.reason === 'StorageMismatch')
  assert.match(found.message, /bucket is "other-bucket" in the BackupStorage and "backups" in the integrator/)
  assert.match(found.message, /path is "elsewhere" .* "pg"/)
})

test('S1.9 spec.integrations, if there are any, must name the integrator behind the application', async t => {
  const {check} = await checked(t)
  const integration = (model: string, application: string): NonNullable<BackupStorageSpec['integrations']>[number] => ({
    modelRef: {name: model},
    application,
  })
  const others = [integration('prod', 'other-integrator'), integration('staging', 's3-integrator')]
  const found = await check({...spec(), integrations: others})
  assert.ok(!found.ok && found.reason === 'StorageMismatch')
  assert.match(
    found.message,
    /behind postgresql is s3-integrator of the JujuModel prod, which spec\.integrations .* add /,
  )
  assert.match(found.message, /or remove spec\.integrations$/)
  assert.equal((await check({...spec(), integrations: [...others, integration('prod', 's3-integrator')]})).ok, true)
  assert.equal((await check({...spec(), integrations: []})).ok, true)
})

test('one reading of the integrator serves all good checks for 15 seconds, or until it is invalidated', async t => {
  const {clock, juju, check, invalidate} = await checked(t)
  const readings = (): number => juju.calls.count('Application.Get')
  await Promise.all([check(spec()), check(spec())])
  assert.equal(readings(), 1)
  await juju.control.model().setConfig('s3-integrator', {bucket: 'other-bucket'})
  invalidate()
  assert.equal((await check(spec({bucket: 'other-bucket'}))).ok, true)
  assert.equal(readings(), 2)
  await clock.advance(15_000)
  await check(spec({bucket: 'other-bucket'}))
  assert.equal(readings(), 3)
})

test('S1.9 a mismatch is never founded on what the integrator said before', async t => {
  const {juju, check} = await checked(t)
  const readings = (): number => juju.calls.count('Application.Get')
  const wanted = spec({bucket: 'other-bucket'})
  assert.equal((await check(spec())).ok, true)
  await juju.control.model().setConfig('s3-integrator', {bucket: 'other-bucket'})
  assert.equal((await check(wanted)).ok, true)
  assert.equal(readings(), 2)
  const [one, another] = await Promise.all([check(spec()), check(spec())])
  assert.ok(!one.ok && one.reason === 'StorageMismatch')
  assert.deepEqual(another, one)
  assert.equal(readings(), 3)
})

test('S1.9 a mismatch is never founded on what the CA was before', async t => {
  const {juju, person, check, invalidate} = await checked(t)
  const [before = '', after = ''] = ['old', 'new'].map(name => new CertificateAuthority(name).certificate)
  const wanted = spec({caCertificateRef: {kind: 'ConfigMap', name: 'store-ca', key: 'ca.crt'}})
  const both = async (chain: string): Promise<void> => {
    person.configMap('store-ca', {'ca.crt': chain})
    await juju.control.model().setConfig('s3-integrator', {'tls-ca-chain': Buffer.from(chain).toString('base64')})
  }
  await both(before)
  assert.equal((await check(wanted)).ok, true)
  await both(after)
  invalidate()
  assert.equal((await check(wanted)).ok, true)
})

test('S1.9 an application without a relation to an integrator is not configured', async t => {
  const {juju, check, refresh} = await checked(t)
  const {relations} = juju.control.model().model
  const ids = relations.filter(({ends}) => ends.some(({endpoint}) => endpoint === 's3-parameters')).map(({id}) => id)
  for (const id of ids) await juju.control.model().unrelate(id)
  await refresh()
  const found = await check()
  assert.ok(!found.ok && found.reason === 'StorageNotConfigured')
  assert.match(
    found.message,
    /^postgresql has no relation at s3-parameters: .*juju integrate postgresql:s3-parameters s3-integrator/,
  )
})

test('S1.9 nobody is told that an integration is missing who has just made it', async t => {
  const {juju, check, refresh} = await checked(t)
  const control = juju.control.model()
  const {relations} = control.model
  const ids = relations.filter(({ends}) => ends.some(({endpoint}) => endpoint === 's3-parameters')).map(({id}) => id)
  for (const id of ids) await control.unrelate(id)
  await refresh()
  await control.relate('postgresql:s3-parameters', 's3-integrator:s3-credentials')
  assert.equal((await check(spec())).ok, true)
})

test('S1.9 an integrator that is blocked is not configured, and says why', async t => {
  const {juju, check, refresh} = await checked(t)
  juju.control.model().setUnitStatus('s3-integrator/0', 'blocked', "Missing parameters: ['bucket']")
  await refresh()
  const found = await check(spec())
  assert.deepEqual(found, {
    ok: false,
    reason: 'StorageNotConfigured',
    message: "s3-integrator is blocked: Missing parameters: ['bucket']",
  })
})
