import assert from 'node:assert/strict'
import {test} from 'node:test'

import {
  apiVersionOf,
  keyOf,
  leases,
  namespaces,
  resourceName,
  resourcePath,
  secrets,
  splitKey,
} from '../../../src/kube/resources.ts'

test('paths and names of resources follow the API conventions, with odd characters encoded', () => {
  assert.equal(resourcePath(secrets, {namespace: 'a', name: 'b'}), '/api/v1/namespaces/a/secrets/b')
  assert.equal(resourcePath(secrets, {}), '/api/v1/secrets')
  assert.equal(resourcePath(namespaces, {namespace: 'ignored', name: 'b'}), '/api/v1/namespaces/b')
  assert.equal(
    resourcePath(leases, {namespace: 'a/../b', name: 'c', subresource: 'status'}),
    '/apis/coordination.k8s.io/v1/namespaces/a%2F..%2Fb/leases/c/status',
  )
  assert.equal(apiVersionOf(secrets), 'v1')
  assert.equal(apiVersionOf(leases), 'coordination.k8s.io/v1')
  assert.equal(resourceName(leases), 'leases.coordination.k8s.io')
  assert.equal(resourceName(secrets), 'secrets')
})

test('a key is namespace/name, and splits again', () => {
  assert.equal(keyOf({metadata: {namespace: 'a', name: 'b'}}), 'a/b')
  assert.equal(keyOf({metadata: {name: 'b'}}), 'b')
  assert.deepEqual(splitKey('a/b'), {namespace: 'a', name: 'b'})
  assert.deepEqual(splitKey('b'), {name: 'b'})
})
