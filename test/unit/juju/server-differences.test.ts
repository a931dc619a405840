import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {serverDifferences, valueOn} from '../../../src/juju/server-differences.ts'

type Key = keyof typeof serverDifferences
type KeysThat<C extends string> = {
  [K in Key]: (typeof serverDifferences)[K]['coping'] extends C ? K : never
}[Key]

/** Where the code goes by a difference, and how that can be seen in it. */
const decided: Readonly<Record<KeysThat<'version' | 'behaviour'>, readonly [file: string, code: RegExp]>> = {
  relationApplicationData: ['relations.ts', /valueOn\(serverDifferences\.relationApplicationData/],
  unknownThings: ['item-errors.ts', /code === '' && error\.message\.endsWith\(' not found'\)/],
  cancel: ['actions.ts', /return \{accepted: false, error\}/],
  unitCharm: ['status.ts', /charmURL: wire\.charm/],
  hiddenModel: ['find-model.ts', /withController\(/],
  redirect: ['login.ts', /redirection required/],
  modelOwner: ['models.ts', /model\.qualifier === ''/],
}

/** A test that shows, for both releases, that the client is right as it is; by words of its name. */
const proved: Readonly<Record<Key, string>> = {
  relationApplicationData: 'what an application has published is read through the right side',
  parameterCheck: 'what fits is sent as the types of the schema',
  refusedEnqueue: 'is a JujuError, whether the call or the item carries it',
  enqueueReply: 'an enqueue returns operation, task and unit',
  listParameters: 'defaults are told, but those that Juju 4 would garble',
  taskOutput: 'a finished task brings output and log',
  zeroTimes: 'its year-1 end is no end',
  operationOrder: 'more operations than a page holds are all listed, by rising number',
  operationPages: 'every operation is read, each once, for any number of them, on both releases',
  unknownThings: 'unknown tasks and operations are missing, not errors',
  cancel: 'a cancel is accepted or refused in words',
  unitCharm: 'the charm of a unit is what Juju says, and nothing when Juju says nothing',
  lifeWord: 'FullStatus shows applications, units, leader, relations and the time',
  hiddenModel: 'a model that is not there, or hidden from the user, is refused',
  redirect: 'a migrated model is not followed: the outcome says where it went',
  modelOwner: 'a model is found by name, by owner and name, and by UUID',
  allWatcher: 'a snapshot has the unfinished operations and the tracked task, with its end',
  clientVersion: 'a login tells version, controller and the rights of the user',
  storageKeys: 'is sent as Juju wants it',
  settingsOfSetCharm: 'is sent as Juju wants it',
  forcedCharm: 'is sent as Juju wants it',
  addedCharm: 'an application is refreshed to the newest revision and back to the recorded one',
  pendingResources: 'is sent as Juju wants it',
  settingsAsYAML: 'is sent as Juju wants it',
  secretOwner: 'is sent as Juju wants it',
  execContext: 'is sent as Juju wants it',
}

const root = path.resolve(import.meta.dirname, '../../..')
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')
const tests = globSync('test/{unit,runtime}/**/*.ts', {cwd: root})
  .filter(file => !file.endsWith(path.basename(import.meta.filename)))
  .map(read)
  .join('\n')

for (const [key, words] of Object.entries(proved)) {
  test(`the difference ${key} is proved by a test that exists`, () => assert.ok(tests.includes(words), words))
}
for (const [key, [file, code]] of Object.entries(decided)) {
  test(`the difference ${key} is decided in ${file}`, () => assert.match(read(`src/juju/${file}`), code))
}

const versions: readonly [version: string, value: 'own' | 'other'][] = [
  ['3.1.9', 'other'],
  ['3.6.14', 'other'],
  ['4.0.12', 'own'],
  ['4.1-beta2', 'own'],
  ['10.0.0', 'own'],
  ['', 'other'],
]
for (const [version, value] of versions) {
  test(`server version "${version}" has the value of Juju ${value === 'own' ? 4 : 3}`, () => {
    assert.equal(valueOn(serverDifferences.relationApplicationData, version), value)
  })
}
