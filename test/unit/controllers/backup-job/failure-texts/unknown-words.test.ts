/** Words that are not a known text of the charm, and charms of which no text is known: who says more. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {genericProfile} from '../../../../../src/charms/generic/profile.ts'
import {supportedCharms, type SupportedCharm} from '../../../../../src/charms/profiles.ts'
import {decide} from '../../../../../src/controllers/backup-job/decide.ts'
import {enqueued, observed, task, unit} from '../builders.ts'
import {afterFailure, afterListing} from './backups.ts'
import {charmsOf, families, nameOf, type FamilyName} from './charms.ts'
import {afterRestore} from './restores.ts'

const names = Object.keys(families) as FamilyName[]
const generic: SupportedCharm = {charm: 'somedb', track: 'latest', profile: genericProfile}
const all = [...names.flatMap(charmsOf), generic]

test('each charm with a profile is in the tables of one family', () => {
  const known = all.map(nameOf)
  for (const charm of supportedCharms) assert(known.includes(nameOf(charm)), nameOf(charm))
  assert.deepEqual(genericProfile.backup.failureTexts, [])
  assert.deepEqual(genericProfile.restore?.failureTexts, [])
})

test("S2.12 words that are no charm's lead to where more is said", () => {
  for (const charm of all) {
    const said = afterFailure(charm, 'exit status 1')
    assert.equal(
      said,
      'finish Failed: The backup failed: exit status 1. Look with juju show-task 9, and at juju debug-log',
      nameOf(charm),
    )
    const again = afterFailure(charm, 'exit status 1', {backoffLimit: 1})
    assert.match(again, /^wait RetryBackoff: .*exit status 1.* Attempt 2 follows\.$/, nameOf(charm))
  }
})

test("S2.12 a list that fails with words that are no charm's leads to where more is said", () => {
  for (const charm of all)
    assert.equal(
      afterListing(charm, 'exit status 1'),
      'finish Failed: The backups could not be listed: exit status 1. Look at juju debug-log',
      nameOf(charm),
    )
})

test("S1.32 a restore that fails with words that are no charm's may have destroyed the data, and no units copy it", () => {
  for (const charm of all) {
    const {reason, message, unitsAdded} = afterRestore(charm, 'exit status 1')
    assert.equal(reason, 'Failed', nameOf(charm))
    assert.match(
      message,
      /^The restore failed, and the data of \S+\/0 may be gone or incomplete: exit status 1\. Look with juju show-task 9, and at juju debug-log\. Another restore is possible, with a new BackupJob and requestID\./,
      nameOf(charm),
    )
    assert.equal(unitsAdded, 0, nameOf(charm))
  }
})

test('what a unit showed while it worked is not taken for the reason of a failure without words', () => {
  const units = [unit('postgresql/1', {workloadStatus: 'maintenance', workloadMessage: 'creating backup'})]
  const ended = decide(observed({status: enqueued, view: {units}}, {task: task({status: 'failed'})}))
  assert.equal(ended.do === 'wait' && ended.report.patch?.lastMessage, 'the task ended without a message')
})
