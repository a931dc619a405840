/** Every failure that real charm code was recorded with leads to a reason and to a message that says more than the charm did. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {FailureKind} from '../../../../../src/charms/index.ts'
import type {SupportedCharm} from '../../../../../src/charms/profiles.ts'
import {outcome, profile, recorded, recordedMongodb, recordedNext, type Recorded} from '../../../charms/recordings.ts'
import {afterFailure, afterListing} from './backups.ts'
import {afterRestore} from './restores.ts'

const ends: Readonly<Record<FailureKind, string>> = {
  WrongUnit: 'wait RetryBackoff',
  Transient: 'finish Failed',
  Permanent: 'finish Failed',
  Unknown: 'finish Failed',
  Standby: 'finish StandbyCluster',
  StorageNotConfigured: 'finish StorageNotConfigured',
}

/** A list that cannot be had three times ends the job, whichever unit could have given it. */
const endOfListing = (kind: FailureKind): string => (kind === 'WrongUnit' ? 'finish Failed' : ends[kind])

const failedOf = (runs: readonly Recorded[]): readonly Recorded[] =>
  runs.filter(({output}) => output.task !== 'completed')

/** Of an exception nothing reaches Juju but that there was one. */
const wordsOf = ({output}: Recorded): string =>
  output.task === 'failed' ? (output.message ?? 'the task ended without a message') : 'exit status 1'

function charmOf({charm}: Recorded): SupportedCharm {
  const name = charm.replace(/-[\d.]+$/, '')
  return {charm: name, track: charm.slice(name.length + 1), profile: profile(charm)}
}

/** What a person can read of the words: those of a printed status object are its message. */
const readable = (words: string): string =>
  (/ message='(.*?)' short_message=/.exec(words)?.[1] ?? words).replace(/\.+$/, '')

function saysMore(said: string, one: Recorded): void {
  const words = readable(wordsOf(one))
  assert.ok(said.includes(words), `${one.charm} ${one.name}: ${said}`)
  const rest = said.slice(said.indexOf(words) + words.length)
  assert.match(rest, /\w+ \w+/, `${one.charm} ${one.name}: ${said}`)
}

const all = (action: 'create-backup' | 'list-backups'): readonly Recorded[] =>
  failedOf([...recorded(action), ...recorded(action, 'mysql'), ...recordedMongodb(action), ...recordedNext(action)])

test('S2.12 every recorded failure of a backup ends with a reason, the words of the charm and what they mean', () => {
  const failed = all('create-backup')
  assert(failed.length >= 110, `${failed.length} cases`)
  for (const one of failed) {
    const charm = charmOf(one)
    const said = afterFailure(charm, wordsOf(one))
    const end = ends[charm.profile.backup.classifyFailure(wordsOf(one))]
    assert.ok(said.startsWith(`${end}: `), `${one.charm} ${one.name}: ${said}`)
    saysMore(said, one)
  }
})

test('S2.12 every recorded failure of a list ends a backup with a reason, the words of the charm and what they mean', () => {
  const failed = all('list-backups')
  assert(failed.length >= 30, `${failed.length} cases`)
  for (const one of failed) {
    const charm = charmOf(one)
    const said = afterListing(charm, wordsOf(one))
    const end = endOfListing(charm.profile.backup.classifyFailure(wordsOf(one)))
    assert.ok(said.startsWith(`${end}: `), `${one.charm} ${one.name}: ${said}`)
    saysMore(said, one)
  }
})

test('S1.32 every recorded failure of a restore ends with a reason, says what became of the data, and what to do', () => {
  const failed = failedOf([...recorded('restore'), ...recorded('restore', 'mysql'), ...recordedMongodb('restore')])
  assert(failed.length >= 120, `${failed.length} cases`)
  for (const one of failed) {
    const charm = charmOf(one)
    const failure = charm.profile.restore?.classifyFailure(wordsOf(one)) ?? {kind: 'Unknown'}
    const {reason, message, unitsAdded} = afterRestore(charm, wordsOf(one))
    const where = `${one.charm} ${one.name}: ${message}`
    const isRefused = failure.kind === 'Refused'
    assert.equal(reason, isRefused ? outcome(failure).replace(', passing', '') : 'Failed', where)
    assert.match(message, isRefused ? /no data was touched/ : /is gone or incomplete|may be gone or incomplete/, where)
    assert.equal(unitsAdded, isRefused && charm.profile.restore?.units === 'Single' ? 2 : 0, where)
    saysMore(message, one)
  }
})
