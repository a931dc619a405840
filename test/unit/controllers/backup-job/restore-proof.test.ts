import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Observed, StoreProof} from '../../../../src/controllers/backup-job/observed.ts'
import {planIt} from '../../../../src/controllers/backup-job/restore/planning.ts'
import type {Step} from '../../../../src/controllers/backup-job/step.ts'
import {listing, observed, ready, row, says, unit} from './builders.ts'

const chosen = '2026-11-21T02:00:00Z'
const facts = {source: {state: 'none'}, known: [], durations: [], safety: {state: 'none'}} as const
const storage = {state: 'ready', endpoint: '', region: '', bucket: 'backups', path: 'pg'} as const
const broken: StoreProof = {kind: 'missing', message: 'backup.manifest is not there', of: chosen}
const whole: StoreProof = {kind: 'complete', message: 'all is there', status: {}, of: chosen}

/** What a plan does that has read all but, perhaps, the store. */
function plan(spec: Record<string, unknown>, proof?: StoreProof): Step | undefined {
  const readings = {before: listing(row(chosen)), reach: ready([]), ...(proof && {store: ready(proof)})}
  const restore = {mode: 'Plan', ...(spec['restore'] as object | undefined)}
  const world = {spec: {type: 'Restore', storageRef: {name: 'backups'}, ...spec, restore}, readings}
  const o = observed(
    {...world, view: {units: [unit('postgresql/0', {leader: true})]}},
    {restore: facts, storage: 'storageRef' in world.spec && world.spec.storageRef ? storage : {state: 'none'}},
  )
  const decided = planIt(o)
  if (decided?.do !== 'wait') return decided
  // The plan itself is written down first.
  const written: Observed = {...o, status: {...o.status, ...decided.report.patch} as Observed['status']}
  return planIt(written)
}

for (const verify of ['Auto', 'Store'])
  test(`S1.26 with verify ${verify} and a BackupStorage the chosen backup is looked at in the store, and a broken one is not restored`, () => {
    const read = plan({verify})
    assert.deepEqual(read?.do === 'read' && read.readings, ['store'])
    const step = plan({verify}, broken)
    assert(step?.do === 'finish')
    assert.match(
      says(step),
      /^finish Planned: Cannot be carried out: BackupNotFound: Backup .* backup\.manifest is not there/,
    )
    assert.deepEqual(
      step.report.patch?.restore?.blockers?.map(({reason}) => reason),
      ['BackupNotFound'],
    )
    assert.match(says(plan({verify}, whole) ?? {do: 'nothing'}), /^finish Planned: Would restore /)
  })

for (const [what, spec] of [
  ['with verify Listing', {verify: 'Listing'}],
  ['with verify None', {verify: 'None'}],
  ['without a BackupStorage', {storageRef: undefined}],
] as const)
  test(`${what} the list of the charm is believed, and no store is asked`, () => {
    assert.match(says(plan(spec) ?? {do: 'nothing'}), /^finish Planned: Would restore /)
    assert.match(says(plan(spec, broken) ?? {do: 'nothing'}), /^finish Planned: Would restore /)
  })

test('what was proved of another backup is no proof: the store is asked again', () => {
  const step = plan({}, {...whole, of: '2026-11-20T02:00:00Z'})
  assert.deepEqual(step?.do === 'read' && step.readings, ['store'])
})

test('an Execute whose backup is broken ends before anything is asked for', () => {
  const confirmation = {
    application: 'postgresql',
    modelUUID: '11111111-1111-4111-8111-111111111111',
    validUntil: '2026-11-23T00:00:00Z',
  }
  const restore = {mode: 'Execute', requestID: 'restore-1', confirmation}
  assert.match(says(plan({restore}, broken) ?? {do: 'nothing'}), /^finish BackupNotFound: .* Nothing was changed\.$/)
})
