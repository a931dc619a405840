import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import {outdatedOf} from '../../../src/api/generated-files.ts'
import {nameOf, type Call, type Need} from '../../../src/juju/facades/call.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {generatedFiles} from '../../../src/juju/generate.ts'
import {features, leastAccess, type Feature} from '../../../src/juju/permissions.ts'

const root = path.resolve(import.meta.dirname, '../../..')

test('docs/juju.md on disk is what the sources say', async () => {
  assert.deepEqual(await outdatedOf(generatedFiles(root), root), [])
})

test('generate --check of the page ends with 0', () => {
  execFileSync(process.execPath, [path.join(root, 'src/juju/generate.ts'), '--check'])
})

test('the example of the page is of 20 lines at most', () => {
  const lines = readFileSync(path.join(root, 'examples/juju-client.ts'), 'utf8').trimEnd().split('\n')
  assert.ok(lines.length <= 20, `${lines.length} lines`)
})

test('every call but the login is in a feature, and every call of a feature is one of ours', () => {
  const used = new Set(Object.values(features).flatMap(({calls}): readonly Call[] => calls))
  const unused = allCalls.filter(call => !used.has(call)).map(nameOf)
  assert.deepEqual(
    unused.filter(name => !name.startsWith('Admin.')),
    [],
  )
  assert.deepEqual(
    [...used].filter(call => !allCalls.includes(call)),
    [],
  )
})

test('what the operator does takes no call that only users of the client make', () => {
  const all: readonly Feature[] = Object.values(features)
  const used = new Set(all.filter(({usedBy}) => usedBy === 'operator').flatMap(({calls}) => calls.map(nameOf)))
  const clientOnly = [
    'ModelManager.ModelInfo',
    'Action.WatchActionsProgress',
    'StringsWatcher.Next',
    'Application.ApplicationsInfo',
    'Application.CharmRelations',
    'Application.UnitsInfo',
    'Application.Leader',
    'Application.GetCharmURLOrigin',
    'Resources.ListResources',
  ]
  assert.deepEqual(
    clientOnly.filter(name => used.has(name)),
    [],
  )
})

test('the access that each feature needs', () => {
  const least = Object.entries(features as Readonly<Record<string, Feature>>)
  assert.deepEqual(Object.fromEntries(least.map(([key, {calls}]) => [key, leastAccess(calls)])), {
    connect: 'login',
    status: 'read',
    inspect: 'read',
    claim: 'write',
    inventory: 'write',
    backup: 'write',
    cancel: 'write',
    restore: 'write',
    rebuild: 'write',
    refresh: 'write',
    failover: 'write',
    storageCredentials: 'write',
    databag: 'admin',
    exec: 'admin',
  })
})

test('the least access is that of the call that needs most, whatever their order', () => {
  const order: readonly Need[] = ['login', 'read', 'write', 'admin', 'superuser']
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...order)), needs => {
      const most = order.findLast(need => needs.includes(need)) ?? 'login'
      assert.equal(leastAccess(needs.map(need => ({needs: need}))), most)
    }),
  )
})
