import assert from 'node:assert/strict'
import {test} from 'node:test'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import type {BackupJob} from '../../../../src/api/backup-job.ts'
import {Looks} from '../../../../src/controllers/inventory/looks.ts'
import {BackupPlaces} from '../../../../src/controllers/inventory/place.ts'
import {ActionReader} from '../../../../src/controllers/juju-actions/action-reader.ts'
import {VirtualClock} from '../../../support/virtual-clock.ts'
import {job} from '../backup-job/builders.ts'

const hour = 3_600_000

test('what was seen in repositories that nobody has had looked at for a day is forgotten', async () => {
  const clock = new VirtualClock()
  const looks = new Looks({clock, random: () => 0.5})
  looks.see('gone', new Set(['a']))
  for (let passed = 0; passed < 25; passed++) {
    await clock.advance(hour)
    looks.see('in use', new Set(['b']))
  }
  assert.equal(looks.size, 1)
  assert.deepEqual([looks.of('gone').kind, looks.of('in use').kind], ['unread', 'seen'])
})

test('a place is kept once for all jobs that have it, and no longer than they are', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const places = new BackupPlaces()
  const made = (path: string): BackupJob =>
    job(
      {storageRef: {name: 'backups'}},
      {backupID: 'X', charm: 'postgresql', channel: '16/stable', artefact: {bucket: 'b', path, stanza: 's'}},
    )
  const kept = places.of(made('kept'))
  assert.equal(places.of(made('kept')), kept)
  for (let index = 0; index < 100; index++) places.of(made(`gone-${index}`))
  const deadline = Date.now() + 10_000
  while (places.size > 1 && Date.now() < deadline) {
    collect()
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(places.size, 1)
  assert.equal(places.of(made('kept')), kept)
})

test('tasks of units that nobody asks any more are forgotten after a day', async () => {
  const clock = new VirtualClock()
  const reader = new ActionReader(clock)
  const ask = async (unit: string): Promise<void> => {
    const never = {
      enqueue: async () => ({taskID: `${unit} 1`}),
      actions: async ([taskID = '']: readonly string[]) => [
        {
          taskID,
          receiver: unit,
          action: 'list-backups',
          parameters: {},
          message: '',
          output: {},
          log: [],
          status: 'pending',
        },
      ],
      unfinished: () => undefined,
    }
    const which = {model: 'm', application: 'postgresql', unit, action: 'list-backups'}
    const asked = assert.rejects(reader.read(never, which, clock.now()), /did not end within 10 minutes/)
    await clock.advance(11 * 60_000)
    await asked
  }
  await ask('postgresql/0')
  assert.equal(reader.size, 1)
  await clock.advance(25 * hour)
  await ask('postgresql/1')
  assert.equal(reader.size, 1)
})
