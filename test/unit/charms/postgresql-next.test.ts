/** What the library says that the next revisions of PostgreSQL 16 stand on (reference/charms.md, 7, #22). */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {explain, type FailureKind} from '../../../src/charms/index.ts'
import {nextTexts, profile, recorded, recordedNext, restoreOf} from './recordings.ts'

/** The recorded ends of create-backup and list-backups, and what they mean. */
const classified: readonly [cases: RegExp, kind: FailureKind][] = [
  // The charm crashes, and leaves no words of its own.
  [/ list 00-no-stanza$/, 'Unknown'],
  [/ create (bad type|incr none|blocked)$/, 'Permanent'],
  [/ list standby$/, 'Standby'],
  [/ create primary of 3$/, 'WrongUnit'],
  [/ (create (stanza|db down|incr, listing fails)|list info-.*)$/, 'Transient'],
]

test('every failure of the next PostgreSQL 16 is classified, with what to do next', () => {
  const runs = [...recordedNext('create-backup'), ...recordedNext('list-backups')]
  const failed = runs.filter(({output}) => output.task !== 'completed')
  assert(failed.length >= 17, `${failed.length} cases`)
  for (const {charm, name, output} of failed) {
    const words = output.message ?? output.exception ?? ''
    const {classifyFailure, failureTexts} = profile(charm).backup
    const expected = classified.find(([cases]) => cases.test(name))?.[1]
    assert.equal(classifyFailure(words), expected, `${name}: ${words}`)
    if (expected !== 'Unknown') assert.notEqual(explain(failureTexts, words), words)
  }
})

test('every listing of the next PostgreSQL 16 is read like that of the charm of today', () => {
  const printed = recordedNext('list-backups').filter(({output}) => output.task === 'completed')
  assert(printed.length >= 11, `${printed.length} cases`)
  for (const {charm, name, output} of printed) {
    const {parseListing} = profile(charm).backup
    const parsed = parseListing(output.results ?? {})
    assert(parsed.ok, name)
    const lines = String(output.results?.['backups']).match(/^\d{4}-\S+/gm) ?? []
    assert.deepEqual(
      parsed.rows.map(({id}) => id),
      lines,
      name,
    )
    // The charm was mocked, with one name of the stanza on both platforms.
    const today = recorded('list-backups').find(
      one => one.charm === 'postgresql-16' && name.endsWith(` list ${one.name}`),
    )
    if (today !== undefined) assert.deepEqual(parsed, parseListing(today.output.results ?? {}), name)
    else assert.match(name, /07-timeline2-backups$/)
  }
})

test('every text that the next PostgreSQL 16 has under a name is known, as a refusal or as what a unit shows', () => {
  const texts = Object.entries(nextTexts())
  assert(texts.length >= 13, `${texts.length} texts`)
  const {classifyFailure, storageComplaint} = profile('postgresql-16').backup
  const {classifyFailure: classifyRestore, refusesNow} = restoreOf('postgresql-16')
  for (const [name, text] of texts) {
    const shown = {workloadStatus: 'blocked', workloadMessage: text}
    const isKnown = /_(CREATE|LIST)_BACKUPS?_ERROR/.test(name)
      ? classifyFailure(text) !== 'Unknown'
      : name.endsWith('_RESTORE_ERROR_MESSAGE')
        ? classifyRestore(text).kind === 'Refused'
        : storageComplaint(shown) !== undefined || refusesNow(shown, []) === undefined
    assert(isKnown, `${name}: ${text}`)
  }
})
