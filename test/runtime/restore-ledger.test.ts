import assert from 'node:assert/strict'
import {test} from 'node:test'
import {ledgerAnnotation} from '../../src/juju/ledger-annotation.ts'
import type {LedgerEntry} from '../../src/juju/ledger.ts'
import type {JobsWorld} from './support/jobs-world.ts'
import {execute, hour, minute, rebuild, restoring, units, withABackup} from './support/restore-world.ts'

const annotationsOf = ({juju, application}: JobsWorld): Map<string, string> => {
  const all = juju.control.model().model.annotations
  const own = all.get(`application-${application}`) ?? new Map<string, string>()
  all.set(`application-${application}`, own)
  return own
}
const writeText = (world: JobsWorld, text: string): void => void annotationsOf(world).set(ledgerAnnotation, text)
const entries = (world: JobsWorld): readonly LedgerEntry[] =>
  (JSON.parse(annotationsOf(world).get(ledgerAnnotation) ?? '{"entries": []}') as {entries: LedgerEntry[]}).entries

/** The ledger as other objects, perhaps of another cluster, have left it. */
function write(world: JobsWorld, ...made: readonly Partial<LedgerEntry>[]): void {
  const at = new Date(world.clock.now() - hour).toISOString()
  const validUntil = new Date(world.clock.now() + 24 * hour).toISOString()
  const whole = {id: 'restore-1', uid: 'of-another-cluster', kind: 'Restore', at, validUntil, outcome: 'Open'}
  writeText(world, JSON.stringify({v: 1, entries: made.map(entry => ({...whole, ...entry}))}))
}

const nothingRan = (world: JobsWorld): void =>
  assert.deepEqual([world.tasks('restore').length, units(world)], [0, 3], world.message('back'))

test('S2.18 the ledger says how a restore ended, under the uid of its object', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back', 4 * hour)
  const uid = world.job('back')?.metadata.uid
  assert.deepEqual(
    entries(world).map(entry => [entry.id, entry.uid, entry.kind, entry.outcome]),
    [['restore-1', uid, 'Restore', 'Succeeded']],
  )
})

test('S2.18 a request that another object made, and that failed, is not made again', async t => {
  const world = await withABackup(t)
  write(world, {outcome: 'Failed'})
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'Failed')
  assert.match(world.message('back'), /object of-another-cluster and failed.*new requestID/)
  nothingRan(world)
})

test('S2.18 api.md 14: a request that another object has open is waited for, without the application, until it is settled', async t => {
  const world = await withABackup(t)
  write(world, {outcome: 'Open'})
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilReason('back', 'OutcomeUnknown')
  world.apply('nightly')
  await world.untilFinished('nightly')
  assert.equal(world.reason('nightly'), 'Succeeded')
  write(world, {outcome: 'Succeeded'})
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'AlreadyExecuted', world.message('back'))
  assert.equal(world.condition('back', 'Succeeded')?.status, 'True')
  nothingRan(world)
})

test('S2.18 of two restores with one requestID at once only one runs', async t => {
  const world = await withABackup(t)
  const spec = restoring(execute(world, rebuild))
  world.apply('back', spec)
  world.apply('twin', spec)
  const both = (): boolean => world.finished('back') && world.finished('twin')
  await world.until('both are over', both, 6 * hour)
  assert.deepEqual([world.reason('back'), world.reason('twin')].toSorted(), ['AlreadyExecuted', 'Succeeded'])
  assert.equal(world.tasks('restore').length, 1)
})

test('S2.18 a request that somebody enters in the last moment is seen, and nothing is run', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, rebuild)))
  await world.until('it is about to enter', () => world.job('back')?.status?.restore?.ledgerTime !== undefined)
  write(world, {outcome: 'Succeeded'})
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'AlreadyExecuted', world.message('back'))
  nothingRan(world)
})

test('api.md 11: an own entry without an own record, as after a restore of etcd, runs nothing and holds nothing', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = 10 * minute
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilReason('back', 'Queued')
  write(world, {uid: world.job('back')?.metadata.uid ?? ''})
  await world.untilReason('back', 'OutcomeUnknown')
  assert.match(world.message('back'), /has no record of how far it came.*new requestID/)
  world.apply('next')
  await world.untilFinished('next')
  assert.equal(world.reason('next'), 'Succeeded')
  nothingRan(world)
  world.delete('back')
  await world.until('it is gone', () => world.job('back') === undefined)
})

test('a full ledger refuses new requests, and says until when', async t => {
  const world = await withABackup(t)
  write(world, ...Array.from({length: 20}, (_, index) => ({id: `restore-${index + 100}`, outcome: 'Succeeded'})))
  world.apply('back', restoring(execute(world, rebuild)))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'LedgerFull', world.message('back'))
  assert.match(world.message('back'), /holds 20 requests; the first of them leaves it after 20\d\d-/)
  nothingRan(world)
})

for (const [what, text] of [
  ['of a newer operator', '{"v": 2, "entries": [{"when": "later"}]}'],
  ['that somebody has garbled', '{"v": 1, "entries": "none'],
] as const)
  test(`a ledger ${what} is neither overwritten nor passed over: a person is asked, nothing is written meanwhile, and it goes on when it is mended`, async t => {
    const world = await withABackup(t)
    writeText(world, text)
    world.apply('back', restoring(execute(world, rebuild)))
    await world.untilReason('back', 'ActionRequired')
    assert.match(world.message('back'), /annotation charmkeeper-ledger.*Nothing is run meanwhile/)
    await world.pass(5 * minute)
    const before = world.kube.server.calls.length
    await world.pass(hour)
    const written = world.kube.server.calls.slice(before).filter(({path}) => path.includes('/backupjobs/back'))
    assert.deepEqual(written, [])
    assert.equal(annotationsOf(world).get(ledgerAnnotation), text)
    nothingRan(world)
    writeText(world, '')
    await world.untilFinished('back', 4 * hour)
    assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  })

test('a ledger that becomes unreadable while the restore runs does not hold up its end, which says so', async t => {
  const world = await withABackup(t)
  world.apply('back', restoring(execute(world, rebuild)))
  await world.until('it runs', () => world.tasks('restore').length === 1, 4 * hour)
  writeText(world, 'garbled')
  await world.untilFinished('back', 4 * hour)
  assert.equal(world.reason('back'), 'Succeeded', world.message('back'))
  assert.match(world.message('back'), /The ledger in Juju could not be told of it/)
  assert.equal(annotationsOf(world).get(ledgerAnnotation), 'garbled')
})

/** The same with a confirmation that is good for so many ms only. */
function shortLived(world: JobsWorld, ms: number): Record<string, unknown> {
  const asked = execute(world, rebuild)
  const validUntil = new Date(world.clock.now() + ms).toISOString()
  return restoring({...asked, confirmation: {...(asked['confirmation'] as object), validUntil}})
}

test('a confirmation that expires while the restore is queued ends it', async t => {
  const world = await withABackup(t)
  world.engine.durations.full = hour
  world.apply('nightly')
  await world.untilReason('nightly', 'Running')
  world.apply('back', shortLived(world, 20 * minute))
  await world.untilReason('back', 'Queued')
  await world.untilFinished('back', 40 * minute)
  assert.equal(world.reason('back'), 'ConfirmationExpired', world.message('back'))
  nothingRan(world)
})

test('a confirmation that expires while units go ends the restore, and they come back', async t => {
  const world = await withABackup(t)
  world.juju.control.model().life.failNextHook('postgresql/1', 'stop')
  world.apply('back', shortLived(world, 20 * minute))
  await world.until('one hangs', () => /Waiting for postgresql\/1 to go/.test(world.message('back')))
  await world.untilFinished('back', 2 * hour)
  assert.equal(world.reason('back'), 'ConfirmationExpired', world.message('back'))
  assert.equal(world.tasks('restore').length, 0)
  const alive = world.juju.control
    .model()
    .units(world.application)
    .filter(({life}) => life === 'alive')
  assert.equal(alive.length, 3)
  assert.deepEqual(
    entries(world).map(({outcome}) => outcome),
    ['Failed'],
  )
})

test('S2.18 a request that succeeded counts as executed although its confirmation and its backup are long gone', async t => {
  const world = await withABackup(t)
  write(world, {outcome: 'Succeeded'})
  const asked = shortLived(world, -hour)['restore'] as Record<string, unknown>
  world.apply('back', restoring({...asked, source: {backupID: '2026-01-01T00:00:00Z'}}))
  await world.untilFinished('back')
  assert.equal(world.reason('back'), 'AlreadyExecuted', world.message('back'))
  nothingRan(world)
})
