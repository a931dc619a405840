import assert from 'node:assert/strict'
import test from 'node:test'
import {charmRelations, publishedData} from '../../../src/juju/relations.ts'
import {fullStatusOf, type FullStatus} from '../../../src/juju/status.ts'
import {fullStatus as fullStatusCall} from '../../../src/juju/facades/client.ts'
import {ScriptedCaller, replay} from './replayed.ts'

interface Databags {
  readonly application: Record<string, string>
  readonly units: Record<string, Record<string, string>>
}

const databags: Readonly<Record<string, Databags>> = {
  postgresql: {application: {from: 'postgresql'}, units: {'postgresql/0': {u: 'pg0'}, 'postgresql/1': {u: 'pg1'}}},
  's3-integrator': {application: {from: 's3-integrator'}, units: {'s3-integrator/0': {u: 's3'}}},
}

const unitOf = {'agent-status': {}, 'workload-status': {}}
const endpoint = (application: string, name: string) => ({application, name, role: '', subordinate: false})
const relation = (id: number, ...endpoints: ReturnType<typeof endpoint>[]) => ({id, endpoints, status: {}})

/** Two applications with relation 4 between them, and 5 among the units of postgresql. */
function statusOf(...applications: readonly string[]): FullStatus {
  const shown = applications.map(name => {
    const units = Object.keys(databags[name]?.units ?? {}).map(unit => [unit, unitOf] as const)
    return [name, {status: {}, units: Object.fromEntries(units)}] as const
  })
  const wire = {
    model: {name: 'm', 'model-status': {}},
    applications: Object.fromEntries(shown),
    relations: [
      relation(4, endpoint('postgresql', 's3-parameters'), endpoint('s3-integrator', 's3-credentials')),
      relation(5, endpoint('postgresql', 'database-peers')),
    ],
  }
  return fullStatusOf(fullStatusCall.result.parse(wire))
}

/** UnitsInfo as a release shows it: application data of the other side (3.x) or of the own (4.x), units of the other side. */
function unitsInfoOf(release: 3 | 4): ScriptedCaller {
  const infoOf = (application: string, other: string) => {
    const [unit = ''] = Object.keys(databags[application]?.units ?? {})
    const units = Object.entries(databags[other]?.units ?? {}).map(([name, UnitData]) => [
      name,
      {InScope: true, UnitData},
    ])
    const shown = (id: number, side: string) => ({
      'relation-id': id,
      ApplicationData: databags[side]?.application,
      'unit-relation-data': Object.fromEntries(units) as Record<string, unknown>,
    })
    const peers = {...shown(5, application), 'unit-relation-data': {'postgresql/1': {UnitData: {u: 'pg1'}}}}
    return {
      result: {
        tag: `unit-${unit.replace('/', '-')}`,
        'relation-data': [
          shown(4, release === 3 ? other : application),
          ...(application === 'postgresql' ? [peers] : []),
        ],
      },
    }
  }
  return new ScriptedCaller({results: [infoOf('postgresql', 's3-integrator'), infoOf('s3-integrator', 'postgresql')]})
}

const releases = [
  [3, '3.6.14'],
  [4, '4.0.12'],
  [4, '4.1-beta2'],
  [4, '5.0.0'],
] as const
for (const [release, serverVersion] of releases) {
  test(`what an application has published is read through the right side, on ${serverVersion}`, async () => {
    const status = statusOf('postgresql', 's3-integrator')
    for (const application of ['postgresql', 's3-integrator']) {
      const caller = unitsInfoOf(release)
      const question = {serverVersion, status, relationID: 4, application}
      const {application: data, units} = await publishedData(caller, question)
      assert.deepEqual(data, {from: application}, application)
      assert.deepEqual(Object.fromEntries(units ?? []), databags[application]?.units)
      assert.equal(caller.sent.length, 1)
    }
  })
}

for (const [release, serverVersion] of releases.slice(0, 2)) {
  test(`a peer relation has one side: ${serverVersion}`, async () => {
    const question = {serverVersion, status: statusOf('postgresql'), relationID: 5, application: 'postgresql'}
    const {application, units} = await publishedData(unitsInfoOf(release), question)
    assert.deepEqual(application, {from: 'postgresql'})
    assert.deepEqual([...(units?.keys() ?? [])], ['postgresql/1'])
  })
}

test('without a unit on the other side, what Juju shows only through it is unknown, not empty', async () => {
  const alone = statusOf('postgresql')
  const ask = (release: 3 | 4, serverVersion: string) =>
    publishedData(unitsInfoOf(release), {serverVersion, status: alone, relationID: 4, application: 'postgresql'})
  assert.deepEqual(await ask(3, '3.6.14'), {application: undefined, units: undefined})
  assert.deepEqual(await ask(4, '4.0.12'), {application: {from: 'postgresql'}, units: undefined})
})

test('a relation that is not there asks for nothing that could be taken for it', async () => {
  const question = {serverVersion: '4.0.12', status: statusOf('postgresql'), relationID: 77, application: 'ghost'}
  const caller = unitsInfoOf(4)
  assert.deepEqual(await publishedData(caller, question), {application: undefined, units: undefined})
  assert.deepEqual(caller.sent, [])
})

test('the endpoints of a charm, as recorded', async () => {
  const names = await charmRelations(replay('charm-relations'), 'postgresql')
  assert.deepEqual(names, ['database', 's3-parameters', 'database-peers', 'juju-info'])
})
