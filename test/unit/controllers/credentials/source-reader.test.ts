import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readCertificate} from '../../../../src/controllers/credentials/certificates.ts'
import {digest, SourceReader} from '../../../../src/controllers/credentials/source-reader.ts'
import {KubeClient} from '../../../../src/kube/client.ts'
import {configMaps, secrets} from '../../../../src/kube/resources.ts'
import {CertificateAuthority} from '../../../env/certificates.ts'
import {FakeKube} from '../../../support/fake-kube.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'

const ref = {kind: 'Secret', namespace: 'team-a', name: 'keys'} as const

function reading(): {
  clock: VirtualClock
  kube: FakeKube
  reader: SourceReader
  write: (value: string) => void
  reads: () => number
} {
  const clock = new VirtualClock()
  const kube = new FakeKube(clock)
  const client = new KubeClient({clock, random: () => 0.5, transport: kube.transport})
  const reader = new SourceReader({client, clock, secretReaderRole: 'charmkeeper-secrets-reader'})
  const write = (value: string): void =>
    void kube.apply(secrets, {namespace: 'team-a', name: 'keys', body: {data: {password: btoa(value)}}})
  const reads = (): number =>
    kube.server.calls.filter(({method, path}) => method === 'GET' && path.endsWith('/secrets/keys')).length
  return {clock, kube, reader, write, reads}
}

test('S2.10 a Secret is read once for all who ask within a minute, and again after that', async () => {
  const {clock, reader, write, reads} = reading()
  write('first')
  const before = reads()
  const [one, other] = await Promise.all([reader.read(ref), reader.read(ref)])
  assert.ok(one.ok && other.ok)
  assert.equal(one.values.get('password'), 'first')
  assert.equal(reads() - before, 1)
  await clock.advance(59_999)
  await reader.read(ref)
  assert.equal(reads() - before, 1)
  await clock.advance(1)
  await reader.read(ref)
  assert.equal(reads() - before, 2)
})

test('a Secret that was invalidated, or was missing, is read again at once', async () => {
  const {reader, write} = reading()
  assert.deepEqual(await reader.read(ref), {
    ok: false,
    reason: 'SecretNotFound',
    message: 'Secret keys in namespace team-a does not exist',
  })
  write('first')
  const first = await reader.read(ref)
  write('second')
  assert.deepEqual(await reader.read(ref), first)
  reader.invalidate(ref)
  const second = await reader.read(ref)
  assert.ok(first.ok && second.ok)
  assert.equal(second.values.get('password'), 'second')
  assert.notEqual(second.version, first.version)
})

test('a label on a Secret is no rotation', async () => {
  const {kube, reader, write} = reading()
  write('first')
  const first = await reader.read(ref)
  kube.apply(secrets, {
    namespace: 'team-a',
    name: 'keys',
    annotations: {a: 'b'},
    body: {data: {password: btoa('first')}},
  })
  reader.invalidate(ref)
  const second = await reader.read(ref)
  assert.ok(first.ok && second.ok)
  assert.equal(second.version, first.version)
})

test('S5.26 a refusal shows the RoleBinding for whoever was refused', async () => {
  const {kube, reader} = reading()
  const messages: string[] = []
  for (const user of ['system:serviceaccount:charmkeeper:operator', 'jane@example.com']) {
    const allow = kube.fail('/secrets/keys', 403, 'Forbidden', `secrets "keys" is forbidden: User "${user}" cannot get`)
    const result = await reader.read(ref)
    assert.ok(!result.ok && result.reason === 'SecretForbidden')
    messages.push(result.message)
    allow()
  }
  const command =
    'kubectl create rolebinding charmkeeper-secrets --namespace=team-a --clusterrole=charmkeeper-secrets-reader'
  assert.deepEqual(messages, [
    `the operator may not read Secret keys; allow it with: ${command} --serviceaccount=charmkeeper:operator`,
    `the operator may not read Secret keys; allow it with: ${command} --user=jane@example.com`,
  ])
})

test('S5.26 an operator of single namespaces, which has no ClusterRole, shows a Role and its RoleBinding', async () => {
  const clock = new VirtualClock()
  const kube = new FakeKube(clock)
  const client = new KubeClient({clock, random: () => 0.5, transport: kube.transport})
  const reader = new SourceReader({client, clock, secretReaderRole: undefined})
  const user = 'system:serviceaccount:charmkeeper:operator'
  kube.fail('/secrets/keys', 403, 'Forbidden', `secrets "keys" is forbidden: User "${user}" cannot get`)
  const result = await reader.read(ref)
  assert.equal(
    result.ok ? '' : result.message,
    'the operator may not read Secret keys; allow it with: ' +
      'kubectl create role charmkeeper-secrets --namespace=team-a --verb=get --resource=secrets,configmaps && ' +
      'kubectl create rolebinding charmkeeper-secrets --namespace=team-a --role=charmkeeper-secrets ' +
      '--serviceaccount=charmkeeper:operator',
  )
})

test('an API server in trouble is a fault, and is not remembered', async () => {
  const {kube, reader, write} = reading()
  write('first')
  const mend = kube.fail('/secrets/keys', 400, 'BadRequest')
  await assert.rejects(reader.read(ref))
  mend()
  assert.equal((await reader.read(ref)).ok, true)
})

test('a CA comes from the spec, a Secret or a ConfigMap, and has to be one', async () => {
  const {kube, reader} = reading()
  const pem = new CertificateAuthority('test').certificate
  kube.apply(configMaps, {namespace: 'team-a', name: 'ca', body: {data: {'ca.crt': pem, broken: 'no certificate'}}})
  const named = (key: string) => ({caCertificateRef: {kind: 'ConfigMap' as const, name: 'ca', key}})
  assert.deepEqual(await readCertificate(reader, 'team-a', {}), {ok: true, caCertificate: undefined})
  assert.deepEqual(await readCertificate(reader, 'team-a', {caCertificate: pem}), {ok: true, caCertificate: pem})
  assert.deepEqual(await readCertificate(reader, 'team-a', named('ca.crt')), {ok: true, caCertificate: pem})
  const results = [
    await readCertificate(reader, 'team-a', named('missing')),
    await readCertificate(reader, 'team-a', named('broken')),
  ]
  assert.deepEqual(
    results.map(result => (result.ok ? '' : result.reason)),
    ['SecretNotFound', 'CertificateNotTrusted'],
  )
})

test('digests tell values apart, in whatever order they come', () => {
  assert.equal(
    digest([
      ['a', '1'],
      ['b', '2'],
    ]),
    digest([
      ['b', '2'],
      ['a', '1'],
    ]),
  )
  assert.notEqual(digest([['a', '1']]), digest([['a', '2']]))
  assert.notEqual(digest([['ab', '']]), digest([['a', 'b']]))
})
