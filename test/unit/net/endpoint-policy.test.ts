import assert from 'node:assert/strict'
import type {LookupAddress} from 'node:dns'
import test from 'node:test'
import {EndpointNotAllowed, EndpointPolicy, type Resolve} from '../../../src/net/endpoint-policy.ts'

const apiServer = {host: '10.96.0.1', port: 443}

/** A name service that knows these names. */
const resolving =
  (names: Record<string, readonly string[]>): Resolve =>
  (host, _options, done) => {
    const addresses = (names[host] ?? []).map(address => ({address, family: address.includes(':') ? 6 : 4}))
    done(null, addresses)
  }

function lookup(policy: EndpointPolicy, host: string, port?: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    policy.lookupFor(port)(host, {all: true}, (error, found) => {
      if (error) reject(error)
      else resolve((found as LookupAddress[]).map(({address}) => address))
    })
  })
}

const refusedByDefault: readonly [string, string][] = [
  ['127.0.0.1', 'loopback'],
  ['127.8.8.8', 'all of loopback'],
  ['::1', 'loopback of IPv6'],
  ['[::1]', 'written with brackets'],
  ['::ffff:127.0.0.1', 'loopback in the clothes of IPv6'],
  ['0.0.0.0', 'which connects to this machine'],
  ['::', 'which connects to this machine'],
  ['169.254.169.254', 'link-local, where clouds keep credentials'],
  ['fe80::1', 'link-local of IPv6'],
]
for (const [address, why] of refusedByDefault) {
  test(`by default ${address} is refused: ${why}`, () => {
    const policy = EndpointPolicy.parse(undefined, {apiServer})
    assert.throws(() => policy.assertAllowed(address, address, 17070), EndpointNotAllowed)
    assert.throws(() => policy.assertLiteral(address, 17070), EndpointNotAllowed)
  })
}

test('by default everything else is allowed, private networks included', () => {
  const policy = EndpointPolicy.parse(undefined, {apiServer})
  for (const address of ['10.0.0.10', '192.168.1.1', '172.16.0.1', '8.8.8.8', 'fd00::1', '2001:db8::1']) {
    policy.assertAllowed(address, address, 17070)
  }
})

test("the API server's own host and port are refused, its other ports are not", () => {
  const policy = EndpointPolicy.parse(undefined, {apiServer})
  assert.throws(() => policy.assertAllowed('kube.example.com', '10.96.0.1', 443), /Kubernetes API server/)
  assert.throws(() => policy.assertAllowed('x', '::ffff:10.96.0.1', 443), /Kubernetes API server/)
  policy.assertAllowed('minio.example.com', '10.96.0.1', 9000)
})

test('where the port is not known the API server is refused on every port', async () => {
  const policy = EndpointPolicy.parse(undefined, {apiServer, resolve: resolving({'x.example.com': ['10.96.0.1']})})
  await assert.rejects(lookup(policy, 'x.example.com'), EndpointNotAllowed)
  assert.deepEqual(await lookup(policy, 'x.example.com', 9000), ['10.96.0.1'])
})

test('an API server known by name is refused by that name, and by the addresses that it has', () => {
  const policy = EndpointPolicy.parse(undefined, {
    apiServer: {host: 'Kube.Example.com.', port: 6443, addresses: ['10.1.2.3']},
  })
  assert.throws(() => policy.assertAllowed('kube.example.com', '10.9.9.9', 6443), EndpointNotAllowed)
  assert.throws(() => policy.assertAllowed('alias.example.com', '10.1.2.3', 6443), EndpointNotAllowed)
})

test('a name is judged by what it resolves to when it is dialled', async () => {
  const names = {
    'inwards.example.com': ['127.0.0.1'],
    'mixed.example.com': ['::1', '10.0.0.5'],
    'good.example.com': ['10.0.0.6'],
  }
  const policy = EndpointPolicy.parse(undefined, {apiServer, resolve: resolving(names)})
  await assert.rejects(lookup(policy, 'inwards.example.com', 443), (error: EndpointNotAllowed) => {
    assert.equal(error.host, 'inwards.example.com')
    assert.equal(error.address, '127.0.0.1')
    return error instanceof EndpointNotAllowed
  })
  assert.deepEqual(await lookup(policy, 'mixed.example.com', 443), ['10.0.0.5'])
  assert.deepEqual(await lookup(policy, 'good.example.com', 443), ['10.0.0.6'])
  await assert.rejects(lookup(policy, 'unknown.example.com', 443), /no address/)
})

test('a caller that asks for one address gets one', async () => {
  const policy = EndpointPolicy.parse(undefined, {resolve: resolving({'db.example.com': ['10.0.0.5', '10.0.0.6']})})
  const got = await new Promise(resolve =>
    policy.lookup('db.example.com', {}, (error, address, family) => resolve({error, address, family})),
  )
  assert.deepEqual(got, {error: null, address: '10.0.0.5', family: 4})
})

test('a failure of the name service is passed on', async () => {
  const policy = EndpointPolicy.parse(undefined, {resolve: (_host, _options, done) => done(new Error('ENOTFOUND'), [])})
  await assert.rejects(lookup(policy, 'db.example.com', 443), /ENOTFOUND/)
})

test('a given list replaces the default', () => {
  const policy = EndpointPolicy.parse(['127.0.0.1/32', '*.Example.com', 'db.internal', '10.0.0.7', 'fd00::/8'], {
    apiServer,
  })
  policy.assertAllowed('127.0.0.1', '127.0.0.1', 17070)
  policy.assertAllowed('a.b.example.com', '203.0.113.1', 443)
  policy.assertAllowed('DB.internal.', '203.0.113.1', 443)
  policy.assertAllowed('10.0.0.7', '10.0.0.7', 443)
  policy.assertAllowed('fd12::1', 'fd12::1', 443)
  const refused = ['127.0.0.2', '10.0.0.8', '8.8.8.8', 'fe80::1']
  for (const address of refused) assert.throws(() => policy.assertAllowed(address, address, 443), EndpointNotAllowed)
  for (const host of ['example.com', 'evil-example.com', 'x.db.internal', 'a.example.com.evil.org'])
    assert.throws(() => policy.assertAllowed(host, '8.8.8.8', 443), EndpointNotAllowed)
})

test('an empty list allows nothing', () => {
  assert.throws(() => EndpointPolicy.parse([]).assertAllowed('8.8.8.8', '8.8.8.8', 443), EndpointNotAllowed)
})

for (const entry of [
  '10.0.0.0/33',
  'https://db.example.com',
  '10.0.0',
  'db.example.com:443',
  '',
  'a*.example.com',
  '*',
]) {
  test(`"${entry}" is refused as an entry of the list, and named`, () => {
    assert.throws(
      () => EndpointPolicy.parse(['db.example.com', entry]),
      (error: Error) => error instanceof RangeError && error.message.includes(`"${entry}"`),
    )
  })
}

test('names are left to the lookup, only literal addresses are judged beforehand', () => {
  EndpointPolicy.parse(undefined).assertLiteral('db.example.com', 443)
  assert.throws(() => EndpointPolicy.parse(undefined).assertLiteral('127.0.0.1', 443), EndpointNotAllowed)
})
