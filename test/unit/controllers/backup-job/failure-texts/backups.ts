/** How a BackupJob ends, or goes on, by the words with which a charm fails: tables of tests. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {SupportedCharm} from '../../../../../src/charms/profiles.ts'
import {decide} from '../../../../../src/controllers/backup-job/decide.ts'
import {enqueued, intent, listing, now, observed, over, row, says, task, type World} from '../builders.ts'
import {charmsOf, nameOf, present, unexplaining, type FamilyName} from './charms.ts'

const old = '2026-11-21T02:00:00Z'

/** What the job says once its task has failed with these words and the charm lists nothing new. */
export function afterFailure(charm: SupportedCharm, words: string, spec: World['spec'] = {}): string {
  const unit = `${charm.charm}/1`
  const world: World = {
    spec: {application: charm.charm, ...spec},
    status: {...over('failed', words), unit, intent: {...intent, unit, newestBackupID: old}},
    readings: {after: listing(row(old))},
  }
  const seen = task({status: 'failed', message: words, receiver: unit})
  return says(decide(observed(world, {application: present(charm), task: seen})))
}

/** The same from the task's end on, for a failure without any words. */
export function afterSilence(charm: SupportedCharm): string {
  const unit = `${charm.charm}/1`
  const status = {...enqueued, unit, intent: {...intent, unit, newestBackupID: old}}
  const spec = {application: charm.charm}
  const seen = task({status: 'failed', message: '', receiver: unit})
  const shown = {application: present(charm), task: seen}
  const ended = decide(observed({spec, status}, shown))
  assert(ended.do === 'wait')
  const after = {...status, ...ended.report.patch} as NonNullable<World['status']>
  return says(decide(observed({spec, status: after, readings: {after: listing(row(old))}}, shown)))
}

/** What the job says when the list before the start could not be had three times. */
export function afterListing(charm: SupportedCharm, words: string): string {
  const failed = {state: 'failed', message: words, failures: 3, retryAt: now} as const
  const world: World = {
    spec: {application: charm.charm},
    status: {grantedAt: new Date(now - 1000).toISOString()},
    readings: {before: failed},
  }
  return says(decide(observed(world, {application: present(charm)})))
}

/** By its end: what the job does, and with a second attempt allowed. */
const ends = {
  Failed: {alone: 'finish Failed', again: 'finish Failed'},
  Repeated: {alone: 'finish Failed', again: 'wait RetryBackoff'},
  OtherUnit: {alone: 'wait RetryBackoff', again: 'wait RetryBackoff'},
  StandbyCluster: {alone: 'finish StandbyCluster', again: 'finish StandbyCluster'},
  StorageNotConfigured: {alone: 'finish StorageNotConfigured', again: 'finish StorageNotConfigured'},
} as const

/** How a job ends, or goes on, and what its message tells a person. `shown`: the words, where they are not shown as they are. */
export type BackupRow = readonly [words: string, end: keyof typeof ends, nextStep: RegExp, shown?: string]
export type ListingRow = readonly [words: string, end: 'Failed' | 'StandbyCluster' | 'StorageNotConfigured', RegExp]

export interface BackupTables {
  readonly backups: readonly BackupRow[]
  readonly listings: readonly ListingRow[]
}

/** Tests each row with each charm of the family, and that no text of them is without a row. */
export function testBackups(family: FamilyName, {backups, listings}: BackupTables): void {
  const charms = charmsOf(family)
  for (const [words, end, nextStep, shown = words] of backups)
    test(`S2.12 ${family}: "${shown}" ends as ${end}, with the words of the charm and what to do`, () => {
      for (const charm of charms) {
        const alone = afterFailure(charm, words)
        assert.ok(alone.startsWith(`${ends[end].alone}: `), alone)
        assert.ok(alone.includes(shown.replace(/\.+$/, '')), alone)
        assert.match(alone, nextStep)
        const again = afterFailure(charm, words, {backoffLimit: 3})
        assert.ok(again.startsWith(`${ends[end].again}: `), again)
      }
    })
  for (const [words, end, nextStep] of listings)
    test(`S2.12 ${family}: a list that fails with "${words}" says what to do`, () => {
      for (const charm of charms) {
        const said = afterListing(charm, words)
        assert.ok(said.startsWith(`finish ${end}: `), said)
        assert.match(said, /the backups could not be listed: /i)
        assert.ok(said.includes(words.replace(/\.+$/, '')), said)
        assert.match(said, nextStep)
      }
    })
  test(`no text with which a backup or a list of ${family} fails is without a row`, () => {
    const words = [...backups, ...listings].map(([one]) => one)
    for (const charm of charms)
      assert.deepEqual(unexplaining(charm.profile.backup.failureTexts, words), [], nameOf(charm))
  })
}
