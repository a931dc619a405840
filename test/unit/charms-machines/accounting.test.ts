import assert from 'node:assert/strict'
import {existsSync, readdirSync} from 'node:fs'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {test} from 'node:test'
import {complaints} from './accounting.ts'
import type {Account} from './accounting.ts'
import {mongodbReplays} from './mongodb-replays.ts'
import {mysqlReplays} from './mysql-replays.ts'
import {pgbouncerReplay} from './pgbouncer-replay.ts'
import {postgresqlReplays} from './postgresql-replays.ts'
import {recordingsFolder} from './replay.ts'
import type {Replay} from './replay.ts'

const replays: readonly Replay[] = [...mongodbReplays, ...mysqlReplays, pgbouncerReplay, ...postgresqlReplays]

const refresh = 'what a charm does around a refresh comes with the refresh of charms'

/** Recordings that are not held in this repository yet. */
const notReplayed: Readonly<Record<string, string>> = {
  'charm-refresh-3.0.0.3/machines': refresh,
  'charm-refresh/kubernetes': refresh,
  'charm-refresh/machines': refresh,
  'postgresql-16/refresh-charm-specific': refresh,
  'postgresql-k8s-16/refresh-charm-specific': refresh,
  'upgrade-v1/data_upgrade_v0': refresh,
}

/** Recordings below a folder, by their file without the extension; other files there are inputs of pgBackRest. */
function recordingsIn(folder: string): readonly string[] {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.json') && !file.startsWith(`pgbackrest${path.sep}`))
    .map(file => file.replaceAll(path.sep, '/').replace(/\.json$/, ''))
}

test('every recorded case of a charm is played by its machine, or has a reason why not', () => {
  const recordings = recordingsIn(fileURLToPath(recordingsFolder))
  const absent = Object.keys(notReplayed)
  assert.deepEqual(
    absent.filter(each => recordings.includes(each)),
    [],
  )
  assert.deepEqual(complaints({recordings: [...recordings, ...absent], replays, notReplayed}), [])
})

const reference = process.env['JUJU_REFERENCE_DIR']
const skip =
  reference === undefined || !existsSync(path.join(reference, 'charm-recordings'))
    ? 'JUJU_REFERENCE_DIR does not name the folder with all recordings'
    : false

test('no recording of the reference is missing here without a reason', {skip}, () => {
  const recordings = recordingsIn(path.join(reference ?? '', 'charm-recordings'))
  assert.deepEqual(complaints({recordings, replays, notReplayed}), [])
})

const play = async () => ({played: 1, recorded: 1})
const fruit: Replay = {
  recording: 'fruit/peel',
  cases: [
    {name: 'ripe', play},
    {name: 'green', play},
  ],
  unplayable: {},
}
const sound: Account = {recordings: ['fruit/peel', 'fruit/eat'], replays: [fruit], notReplayed: {'fruit/eat': 'later'}}

const wrong: readonly [sentence: string, account: Partial<Account>, complaint: RegExp][] = [
  ['a recording that nobody plays', {notReplayed: {}}, /fruit\/eat is neither replayed nor explained/],
  ['a replay of nothing', {recordings: ['fruit/eat']}, /fruit\/peel is replayed and was never recorded/],
  ['two replays of one recording', {replays: [fruit, fruit]}, /fruit\/peel is replayed twice/],
  [
    'a reason for what is played',
    {notReplayed: {'fruit/eat': 'later', 'fruit/peel': 'never'}},
    /fruit\/peel is explained although it is replayed/,
  ],
  ['a reason for no case', {replays: [{...fruit, unplayable: {blue: 'no'}}]}, /fruit\/peel has no case blue/],
  [
    'a replay that plays nothing',
    {replays: [{...fruit, unplayable: {ripe: 'no', green: 'no'}}]},
    /not one case of fruit\/peel is played/,
  ],
]
for (const [sentence, account, complaint] of wrong) {
  test(`the account complains of ${sentence}`, () => {
    assert.deepEqual(complaints(sound), [])
    assert.match(complaints({...sound, ...account}).join('\n'), complaint)
  })
}
