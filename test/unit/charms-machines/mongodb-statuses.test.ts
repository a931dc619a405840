import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import type {PbmState} from '../../charms/mongodb/pbm-state.ts'
import {shown, statusOf} from '../../charms/mongodb/track-8-statuses.ts'
import {recordingsFolder} from './replay.ts'

interface RecordedStatus {
  readonly status: string
  readonly message: string
  readonly short_message: string | null
  readonly check: string | null
  readonly action: string | null
  readonly running: string | null
}

const {status_map: recorded} = JSON.parse(
  readFileSync(new URL('mongodb-8/backups.json', recordingsFolder), 'utf8'),
) as {status_map: readonly {state: string; backend: string; statuses: readonly RecordedStatus[]}[]}

const id = '2026-08-01T02:00:03Z'
const states: Readonly<Record<string, PbmState>> = {
  EMPTY: {kind: 'no relation'},
  MISSING_CONFIG: {kind: 'missing configuration'},
  WAITING_PBM_START: {kind: 'agent down'},
  INCORRECT_CREDS: {kind: 'wrong credentials'},
  INCOMPATIBLE_CONF: {kind: 'incompatible'},
  UNKNOWN_ERROR: {kind: 'unknown error'},
  BACKUP_RUNNING: {kind: 'backup', id},
  RESTORE_RUNNING: {kind: 'restore', id},
  WAITING_TO_SYNC: {kind: 'syncing'},
  FAILED_TO_CREATE_BUCKET: {kind: 'no bucket'},
  CANNOT_CONFIGURE: {kind: 'cannot configure'},
  ACTIVE: {kind: 'idle'},
}

/** Why the machine has no such state. */
const unplayed: Readonly<Record<string, string>> = {
  MUTUALLY_EXCLUSIVE: 'there is no machine of a GCS integrator to relate beside the S3 one',
}

for (const {state, backend, statuses} of recorded) {
  if (backend !== 's3' || Object.hasOwn(unplayed, state)) continue
  test(`MongoDB 8 shows ${state} as it was recorded, with all that it says beside`, () => {
    const known = states[state]
    assert.ok(known, `the machine has no state for ${state}`)
    const played = statusOf(known)
    const [expected] = statuses
    assert.deepEqual(
      played === undefined
        ? undefined
        : {
            status: played.status,
            message: played.message,
            short_message: played.short ?? null,
            check: played.check ?? null,
            action: played.action ?? null,
            running: played.running ?? null,
            approved_critical_component: false,
          },
      expected,
    )
  })
}

test('a unit of MongoDB 8 with two things to tell shows the short form of the worse one, without the backup’s id', () => {
  const member = {status: 'waiting', message: 'Waiting for primary re-election...'} as const
  assert.deepEqual(shown(member, statusOf({kind: 'backup', id})), {
    status: 'maintenance',
    message: 'Backing up.... Run `status-detail`: 0 action required; 1 additional statuses.',
  })
})
