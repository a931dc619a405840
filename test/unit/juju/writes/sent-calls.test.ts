import assert from 'node:assert/strict'
import {globSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import type {Caller} from '../../../../src/juju/connection.ts'
import {nameOf, type Call, type ParamsOf, type ResultOf} from '../../../../src/juju/facades/call.ts'
import {allCalls} from '../../../../src/juju/facades/index.ts'
import {addCharm, addPendingResources} from '../../../../src/juju/writes/add-charm.ts'
import {setAnnotations} from '../../../../src/juju/writes/annotations.ts'
import {cancel} from '../../../../src/juju/writes/cancel.ts'
import {destroyUnits} from '../../../../src/juju/writes/destroy-units.ts'
import {createSecret, grantSecret, updateSecret} from '../../../../src/juju/writes/secrets.ts'
import {setCharm} from '../../../../src/juju/writes/set-charm.ts'
import {setConfig, unsetConfig} from '../../../../src/juju/writes/settings.ts'
import {enqueue, enqueueGuarded, exec} from '../../../../src/juju/writes/tasks.ts'
import {addUnits, scaleApplication} from '../../../../src/juju/writes/units.ts'
import {backup} from './builders.ts'

/** Notes which calls are made; Juju refuses them all, as far as the callers can tell. */
class Recorder implements Caller {
  readonly calls = new Set<string>()

  call<C extends Call>(call: C, _params: ParamsOf<C>): Promise<ResultOf<C>> {
    this.calls.add(nameOf(call))
    return Promise.reject(new Error('only recorded'))
  }
}

interface Sends<Target> {
  readonly send: (caller: Caller, target: Target) => Promise<unknown>
}

async function callsOf<Target>(write: Sends<Target>, target: Target): Promise<readonly string[]> {
  const recorder = new Recorder()
  await assert.rejects(write.send(recorder, target), /only recorded/)
  return [...recorder.calls]
}

const origin = {
  source: 'charm-hub',
  type: 'charm',
  id: '',
  hash: '',
  risk: 'stable',
  revision: 1,
  track: '16',
  branch: undefined,
  architecture: 'amd64',
  base: undefined,
  instanceKey: '',
}
const charm = {url: 'ch:amd64/postgresql-1', origin}
const application = 'postgresql'
const content = {key: 'value'}

/** Every description, with the calls that its `send` makes. */
const descriptions: ReadonlyMap<string, () => Promise<readonly string[]>> = new Map([
  [enqueue.name, () => callsOf(enqueue, backup)],
  [
    'enqueueGuarded',
    () =>
      callsOf(
        enqueueGuarded(() => Promise.resolve('Unclear')),
        backup,
      ),
  ],
  ['exec', () => callsOf(exec(), {unit: 'postgresql/0', command: 'true', timeoutMs: 1000})],
  [cancel.name, () => callsOf(cancel, {taskID: '1'})],
  [setAnnotations.name, () => callsOf(setAnnotations, {entity: {application}, values: {a: '1'}})],
  [setConfig.name, () => callsOf(setConfig, {application, values: {a: '1'}})],
  [unsetConfig.name, () => callsOf(unsetConfig, {application, names: ['a']})],
  [setCharm.name, () => callsOf(setCharm, {...charm, application})],
  [addCharm.name, () => callsOf(addCharm, charm)],
  [addPendingResources.name, () => callsOf(addPendingResources, {...charm, application, resources: []})],
  [addUnits.name, () => callsOf(addUnits, {application, count: 1})],
  [destroyUnits.name, () => callsOf(destroyUnits, {application, units: ['postgresql/1'], destroyStorage: false})],
  [scaleApplication.name, () => callsOf(scaleApplication, {application, scale: 1})],
  [createSecret.name, () => callsOf(createSecret, {label: 's3', description: '', content})],
  [updateSecret.name, () => callsOf(updateSecret, {secret: {label: 's3'}, content})],
  [grantSecret.name, () => callsOf(grantSecret, {label: 's3', applications: [application]})],
])

test('every call that changes something has a description, and every description sends one such call', async () => {
  const sent = await Promise.all([...descriptions.values()].map(calls => calls()))
  const one = sent.filter(calls => calls.length !== 1)
  assert.deepEqual(one, [])
  const writing = allCalls.filter(({needs}) => needs !== 'login' && needs !== 'read').map(nameOf)
  assert.deepEqual([...new Set(sent.flat())].sort(), writing.sort())
})

test('no description is left out of this table', async () => {
  const folder = path.resolve(import.meta.dirname, '../../../../src/juju/writes')
  const modules = await Promise.all(
    globSync('*.ts', {cwd: folder}).map(file => import(path.join(folder, file)) as Promise<Record<string, unknown>>),
  )
  const names = modules.flatMap(module => Object.values(module).flatMap(value => (isWrite(value) ? [value.name] : [])))
  assert.ok(names.length >= 14)
  assert.deepEqual(
    names.filter(name => !descriptions.has(name)),
    [],
  )
})

function isWrite(value: unknown): value is {name: string} {
  return typeof value === 'object' && value !== null && 'proves' in value && 'send' in value
}
