import assert from 'node:assert/strict'
import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {z} from 'zod'
import {nameOf, type Call} from '../../../src/juju/facades/call.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {compareCall, type JujuFacade} from './schema-conformance.ts'

const releases = ['3.6.14', '4.0.12'] as const

/** Juju prints no schema of these: the first two are JAAS' own, the watchers are left out. */
const unprinted = new Set([
  'Admin.LoginWithClientCredentials',
  'Admin.LoginWithSessionToken',
  'StringsWatcher.Next',
  'StringsWatcher.Stop',
])

/** Fields of versions that both releases have left behind; here those of Charms 5 and 6. */
const bygone = new Set(['Charms.ResolveCharms Result.Results[].supported-series'])

const reference = process.env['JUJU_REFERENCE_DIR']
const skip =
  reference === undefined || !existsSync(reference)
    ? 'JUJU_REFERENCE_DIR does not name the folder with the facade schemas of Juju'
    : false

function schemaOf(release: string): readonly JujuFacade[] {
  const file = path.join(reference ?? '', 'juju-schema', `juju-${release}.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as readonly JujuFacade[]
}

for (const call of allCalls.filter(one => !unprinted.has(nameOf(one)))) {
  test(`${nameOf(call)} is described as Juju ${releases.join(' and ')} print it`, {skip}, () => {
    const complaints = releases.map(release => {
      const facade = schemaOf(release).find(one => one.Name === call.facade)
      assert.ok(facade !== undefined, `${release} has no facade ${call.facade}`)
      assert.ok(call.versions.includes(facade.Version), `${release} has version ${facade.Version}`)
      return compareCall(call, facade)
    })
    assert.deepEqual(
      complaints.flatMap(({wrong}) => wrong),
      [],
    )
    const [first, second] = complaints.map(({missing}) => missing)
    assert.deepEqual(
      first?.filter(field => second?.includes(field) === true && !bygone.has(field)),
      [],
      'fields that no release has',
    )
  })
}

const printed: JujuFacade = {
  Name: 'Fruit',
  Version: 1,
  Schema: {
    properties: {
      Peel: {properties: {Params: {$ref: '#/definitions/Knife'}, Result: {$ref: '#/definitions/Peels'}}},
    },
    definitions: {
      Knife: {type: 'object', properties: {size: {type: 'integer'}, name: {type: 'string'}}, required: ['size']},
      Peels: {type: 'object', properties: {peels: {type: 'array', items: {type: 'string'}}, note: {type: 'string'}}},
    },
  },
}
const peel = (params: z.ZodType, result: z.ZodType): Call => ({
  facade: 'Fruit',
  versions: [1],
  method: 'Peel',
  needs: 'read',
  params,
  result,
})
const rightParams = z.object({size: z.int()})
const rightResult = z.object({peels: z.array(z.string()).nullish()})

test('the comparison accepts what fits', () => {
  assert.deepEqual(compareCall(peel(rightParams, rightResult), printed), {wrong: [], missing: []})
})

const wrong: readonly [string, Call, RegExp][] = [
  ['a required parameter left out', peel(z.object({}), rightResult), /Params.size: Juju requires it/],
  ['a required parameter optional', peel(z.object({size: z.int().optional()}), rightResult), /Juju requires it/],
  ['a parameter of another type', peel(z.object({size: z.string()}), rightResult), /ours string, Juju's integer/],
  ['a result insisted on', peel(rightParams, z.object({note: z.string()})), /Juju may leave it out/],
  ['items of another type', peel(rightParams, z.object({peels: z.array(z.int()).nullish()})), /ours integer/],
  ['a list that is none', peel(rightParams, z.object({note: z.array(z.string()).nullish()})), /array, Juju's is not/],
  ['an unknown method', {...peel(rightParams, rightResult), method: 'Cut'}, /no method/],
]
for (const [what, call, complaint] of wrong) {
  test(`the comparison finds ${what}`, () => assert.match(compareCall(call, printed).wrong.join('\n'), complaint))
}

test('the comparison finds a misspelt field', () => {
  const call = peel(rightParams, z.object({peel: z.array(z.string()).nullish()}))
  assert.deepEqual(compareCall(call, printed).missing, ['Fruit.Peel Result.peel'])
})
