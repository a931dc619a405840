import assert from 'node:assert/strict'
import {test} from 'node:test'
import {backupStorageSpecSchema, type BackupStorage} from '../../../../src/api/backup-storage.ts'
import {decide} from '../../../../src/controllers/backup-storage/decide.ts'
import type {Observed, ProbeView, Verdict} from '../../../../src/controllers/backup-storage/observed.ts'
import {statusOf} from '../../../../src/controllers/backup-storage/report.ts'
import type {ProbeResult} from '../../../../src/storage/probe.ts'

function storage(accessMode: 'ReadOnly' | 'ReadWrite' = 'ReadOnly'): BackupStorage {
  const s3 = {bucket: 'db-backups', endpoint: 'https://s3.example.com', credentialsRef: {name: 's3-keys'}}
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupStorage',
    metadata: {namespace: 'team-a', name: 'store', uid: 'uid-1', resourceVersion: '1', generation: 1},
    spec: backupStorageSpecSchema.parse({s3, accessMode}),
  }
}

function probe(result: ProbeResult, ageMs: number, wroteAgeMs?: number): ProbeView {
  return {result, ageMs, wroteAgeMs, since: result.ok ? undefined : '2026-11-22T12:00:00Z'}
}

const good: ProbeResult = {ok: true}
const bad = (kind: Exclude<ProbeResult, {ok: true}>['kind']): ProbeResult => ({ok: false, kind, message: 'so it said'})
const hour = 3_600_000

/** A verdict in one line. */
function short({outcome, probe: next}: Verdict): string {
  const said = outcome === undefined ? 'say nothing' : `${outcome.reason}/${outcome.state}`
  return next === undefined ? said : `${said} -> ${next.write ? 'list and write' : 'list'}`
}

const table: readonly [sentence: string, changes: Partial<Observed>, expected: string][] = [
  ['a new one is looked at', {}, 'say nothing -> list'],
  ['a new one that may be written is written', {storage: storage('ReadWrite')}, 'say nothing -> list and write'],
  ['one probe runs at a time', {probing: true}, 'say nothing'],
  ['a good one', {probe: probe(good, 1_000)}, 'Available/Ready'],
  ['a good one is looked at after the interval', {probe: probe(good, 300_000)}, 'Available/Ready -> list'],
  [
    'a good one is written once a day',
    {storage: storage('ReadWrite'), probe: probe(good, 300_000, 23 * hour)},
    'Available/Ready -> list',
  ],
  [
    'the day is over',
    {storage: storage('ReadWrite'), probe: probe(good, 300_000, 24 * hour)},
    'Available/Ready -> list and write',
  ],
  [
    'a write that failed is tried again',
    {storage: storage('ReadWrite'), probe: probe(bad('AccessDenied'), 60_000)},
    'AccessDenied/Stalled -> list and write',
  ],
  ['one that is down passes', {probe: probe(bad('Unreachable'), 1_000)}, 'Unreachable/Reconciling'],
  [
    'one that is down is looked at every minute',
    {probe: probe(bad('Unreachable'), 60_000)},
    'Unreachable/Reconciling -> list',
  ],
  ['a wrong key needs a person', {probe: probe(bad('CredentialsRejected'), 1_000)}, 'CredentialsRejected/Stalled'],
  ['no bucket', {probe: probe(bad('BucketNotFound'), 1_000)}, 'BucketNotFound/Stalled'],
  ['no Secret', {target: {ok: false, reason: 'SecretNotFound', message: 'x'}}, 'SecretNotFound/Stalled'],
  ['a spec that breaks a rule', {invalid: 'spec.s3.bucket: no'}, 'InvalidSpec/Stalled'],
]

for (const [sentence, changes, expected] of table) {
  test(`a BackupStorage: ${sentence}`, () => {
    const verdict = decide({storage: storage(), target: {ok: true}, probing: false, ...changes})
    assert.equal(short(verdict), expected)
    assert.ok(verdict.againMs > 0 && verdict.againMs <= 60_000, 'the Secret is read again within a minute')
  })
}

test('an outage says since when, and keeps its first words', () => {
  const seen = {storage: storage(), target: {ok: true} as const, probing: false}
  const {outcome} = decide({...seen, probe: probe(bad('Unreachable'), 0)})
  assert.equal(outcome?.message, 'since 2026-11-22T12:00:00Z: so it said')
  const now = {now: '2026-11-22T12:00:01Z', probedAt: '2026-11-22T12:00:00Z'}
  assert.ok(outcome)
  const first = statusOf(storage(), outcome, probe(bad('Unreachable'), 0), now)
  const later = statusOf(
    {...storage(), status: first},
    {...outcome, message: 'since 2026-11-22T12:00:00Z: other words'},
    probe(bad('Unreachable'), 0),
    {now: '2026-11-22T13:00:00Z', probedAt: '2026-11-22T13:00:00Z'},
  )
  assert.deepEqual(later, first)
})
