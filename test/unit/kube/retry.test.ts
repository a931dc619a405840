import assert from 'node:assert/strict'
import {test} from 'node:test'

import {isCertificateError, parseRetryAfter} from '../../../src/kube/retry.ts'

test('Retry-After is seconds or a date, and never negative', () => {
  const now = Date.UTC(2026, 10, 22, 12)
  assert.equal(parseRetryAfter('7', now), 7_000)
  assert.equal(parseRetryAfter('Sun, 22 Nov 2026 12:00:30 GMT', now), 30_000)
  assert.equal(parseRetryAfter('Sun, 22 Nov 2026 11:00:00 GMT', now), 0)
  assert.equal(parseRetryAfter(undefined, now), undefined)
  assert.equal(parseRetryAfter('soon', now), undefined)
})

test('errors about certificates are known by their codes', () => {
  for (const code of [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_HAS_EXPIRED',
  ])
    assert.equal(isCertificateError(Object.assign(new Error(code), {code})), true)
  assert.equal(isCertificateError(Object.assign(new Error('x'), {code: 'ECONNRESET'})), false)
  assert.equal(isCertificateError('x'), false)
})
