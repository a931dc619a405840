import assert from 'node:assert/strict'
import test from 'node:test'
import {UnexpectedReply} from '../../../src/juju/errors.ts'
import {nameOf, type Call} from '../../../src/juju/facades/call.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {readReply} from '../../../src/juju/login.ts'

/** One wrong shape of each call's reply, and the path to what is wrong in it. */
const wrong: Readonly<Record<string, readonly [reply: unknown, path: string]>> = {
  'Admin.Login': [{facades: [{name: 'Client', versions: ['8']}]}, 'facades.0.versions.0'],
  'Admin.LoginWithClientCredentials': [{servers: [{}]}, 'servers.0'],
  'Admin.LoginWithSessionToken': [{'user-info': {identity: 7}}, 'user-info.identity'],
  'Admin.RedirectInfo': [{'ca-cert': {}}, 'ca-cert'],
  'Pinger.Ping': ['pong', ''],
  'Controller.ControllerVersion': [{version: 4}, 'version'],
  'ModelManager.ListModelSummaries': [{results: [{result: {name: 'm'}}]}, 'results.0.result.uuid'],
  'ModelManager.ModelInfo': [
    {results: [{result: {name: 'm', uuid: 'u', migration: 'no'}}]},
    'results.0.result.migration',
  ],
  'Client.FullStatus': [{applications: {}}, 'model'],
  'Application.Get': [{application: 'a', config: []}, 'config'],
  'Application.SetConfigs': [{results: {}}, 'results'],
  'Application.UnsetApplicationsConfig': [{results: [7]}, 'results.0'],
  'Application.CharmRelations': [{'charm-relations': [{}]}, 'charm-relations.0'],
  'Application.ApplicationsInfo': [{results: [{result: {base: 'ubuntu'}}]}, 'results.0.result.base'],
  'Application.UnitsInfo': [{results: [{result: {tag: 'unit-a-0', leader: 'yes'}}]}, 'results.0.result.leader'],
  'Application.Leader': [{result: ['a/0']}, 'result'],
  'Application.GetCharmURLOrigin': [{url: 'ch:a-1', 'charm-origin': {revision: '1'}}, 'charm-origin.revision'],
  'Application.SetCharm': [7, ''],
  'Application.AddUnits': [{units: 'a/3'}, 'units'],
  'Application.ScaleApplications': [{results: [{info: {}}]}, 'results.0.info.num-units'],
  'Application.DestroyUnit': [{results: [{info: {'destroyed-storage': {}}}]}, 'results.0.info.destroyed-storage'],
  'Charms.CharmInfo': [{url: 'ch:a-1', revision: 'one'}, 'revision'],
  'Charms.ResolveCharms': [{Results: [{url: 'ch:a-1', 'charm-origin': null}]}, 'Results.0.charm-origin'],
  'Charms.AddCharm': [{}, 'charm-origin'],
  'Charms.GetDownloadInfos': [{results: [{url: {}}]}, 'results.0.url'],
  'Resources.ListResources': [{results: [{resources: [{revision: 1}]}]}, 'results.0.resources.0.name'],
  'Resources.AddPendingResources': [{'pending-ids': [1]}, 'pending-ids.0'],
  'Annotations.Get': [{results: [{annotations: {a: 1}}]}, 'results.0.annotations.a'],
  'Annotations.Set': [{results: 'none'}, 'results'],
  'Action.EnqueueOperation': [{operation: 12}, 'operation'],
  'Action.ListOperations': [{results: [], truncated: 'no'}, 'truncated'],
  'Action.Operations': [{results: [{actions: {}}]}, 'results.0.actions'],
  'Action.Actions': [{results: [{log: [{message: 1}]}]}, 'results.0.log.0.message'],
  'Action.Cancel': [{results: [{error: 'no'}]}, 'results.0.error'],
  'Action.Run': [{operation: 'operation-1', actions: [{action: 'a'}]}, 'actions.0.action'],
  'Action.WatchActionsProgress': [{results: [{'watcher-id': 5}]}, 'results.0.watcher-id'],
  'StringsWatcher.Next': [{changes: [{}]}, 'changes.0'],
  'StringsWatcher.Stop': [[], ''],
  'Secrets.ListSecrets': [{results: [{label: 's3'}]}, 'results.0.uri'],
  'Secrets.CreateSecrets': [{results: [{result: {}}]}, 'results.0.result'],
  'Secrets.UpdateSecrets': [{results: [{error: {message: 7}}]}, 'results.0.error.message'],
  'Secrets.GrantSecret': [{results: 0}, 'results'],
}

test('there is a wrong reply to every call', () => {
  assert.deepEqual(Object.keys(wrong).sort(), allCalls.map(nameOf).sort())
})

for (const call of allCalls) {
  const [reply, path] = wrong[nameOf(call)] ?? [undefined, '']
  test(`a wrong reply to ${nameOf(call)} is an error that names it and ${path || 'the whole'}`, () => {
    assert.throws(
      () => readReply(call, reply),
      (error: unknown) => {
        assert.ok(error instanceof UnexpectedReply)
        assert.equal(error.method, nameOf(call))
        assert.match(error.message, new RegExp(`^the reply to ${nameOf(call)} .*: ${path}: `))
        return true
      },
    )
  })
}

test('what a newer server says beside is no fault, at any depth', () => {
  const deep: Call | undefined = allCalls.find(call => nameOf(call) === 'Application.UnitsInfo')
  const reply = {
    results: [{result: {tag: 'unit-a-0', new: {x: 1}, 'relation-data': [{'relation-id': 1, more: []}]}}],
    next: 1,
  }
  assert.doesNotThrow(() => deep && readReply(deep, reply))
})
