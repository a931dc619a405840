import assert from 'node:assert/strict'
import {charmOrigin, sentOriginOf} from '../../../../src/juju/charm-origin.ts'
import type {Caller} from '../../../../src/juju/connection.ts'
import {JujuError} from '../../../../src/juju/errors.ts'
import {nameOf, type Call, type Need} from '../../../../src/juju/facades/call.ts'
import {allCalls} from '../../../../src/juju/facades/index.ts'
import {features, leastAccess, type Feature} from '../../../../src/juju/permissions.ts'
import {taskTag, modelTag} from '../../../../src/juju/tags.ts'
import {application, integrator, isRefused, unit, type Check, type World} from './world.ts'

/** Who has just the access that is needed, and who is one level lower. */
const users: Readonly<Record<Need, string>> = {
  login: 'nobody',
  read: 'viewer',
  write: 'operator',
  admin: 'modeladmin',
  superuser: 'admin',
}
const lower: Readonly<Partial<Record<Need, Need>>> = {read: 'login', write: 'read', admin: 'write'}

/** Calls that some servers let through with less than they are said to need; to be asked for more is no harm. */
const laxly: ReadonlySet<string> = new Set(['Application.Leader', 'Resources.AddPendingResources'])

interface Samples {
  readonly params: Readonly<Record<string, unknown>>
  /** a task whose progress can be watched */
  readonly taskID: string
}

/** Params for every call that change nothing: what is named is as it is, or is not there. */
async function samplesOf(world: World): Promise<Samples> {
  const {operator, juju} = world
  const {url, origin} = await charmOrigin(operator, application)
  const {settings} = await operator.applicationGet(integrator)
  const {taskID} = await operator.enqueue({unit, action: 'get-primary', parameters: {}})
  await world.finished(taskID)
  const wire = sentOriginOf(origin)
  const entities = (tag: string) => ({entities: [{tag}]})
  const aUnit = entities('unit-postgresql-0')
  const anApplication = entities('application-postgresql')
  const bucket = String(settings.get('bucket')?.value)
  const ghostSecret = {label: 'ghost', uri: '', applications: [] as string[]}
  const setCharm = {application, 'charm-url': url, 'charm-origin': wire, channel: '14/stable', generation: ''}
  const noForce = {force: false, 'force-base': false, 'force-units': false}
  return {
    taskID,
    params: {
      'Pinger.Ping': {},
      'Controller.ControllerVersion': {},
      'ModelManager.ModelInfo': entities(modelTag(juju.modelUUID)),
      'Client.FullStatus': {patterns: [application]},
      'Application.Get': {application, branch: ''},
      'Application.SetConfigs': {
        Args: [{application: integrator, generation: '', config: {bucket}, 'config-yaml': ''}],
      },
      'Application.UnsetApplicationsConfig': {Args: [{application, branch: '', options: []}]},
      'Application.CharmRelations': {application},
      'Application.ApplicationsInfo': anApplication,
      'Application.UnitsInfo': aUnit,
      'Application.Leader': {tag: 'application-postgresql'},
      'Application.GetCharmURLOrigin': {application, branch: ''},
      'Application.SetCharm': {...setCharm, ...noForce},
      'Application.AddUnits': {application: 'ghost', 'num-units': 1, placement: []},
      'Application.ScaleApplications': {
        applications: [{'application-tag': 'application-ghost', scale: 1, force: false}],
      },
      'Application.DestroyUnit': {units: [{'unit-tag': 'unit-ghost-0', 'destroy-storage': false, force: false}]},
      'Charms.CharmInfo': {url},
      'Charms.ResolveCharms': {resolve: [{reference: url, 'charm-origin': wire, 'switch-charm': false}]},
      'Charms.AddCharm': {url, 'charm-origin': wire, force: false},
      'Charms.GetDownloadInfos': {entities: [{'charm-url': url, 'charm-origin': wire}]},
      'Resources.ListResources': anApplication,
      'Resources.AddPendingResources': {
        tag: 'application-postgresql',
        url,
        'charm-origin': wire,
        macaroon: null,
        resources: [],
      },
      'Annotations.Get': anApplication,
      'Annotations.Set': {annotations: [{entity: 'application-postgresql', annotations: {'charmkeeper-access': ''}}]},
      'Action.EnqueueOperation': {
        actions: [
          {
            tag: '',
            receiver: 'unit-postgresql-0',
            name: 'get-primary',
            parameters: {},
            parallel: false,
            'execution-group': '',
          },
        ],
      },
      'Action.ListOperations': {limit: 1},
      'Action.Operations': entities('operation-99999'),
      'Action.Actions': entities(taskTag(taskID)),
      'Action.Cancel': entities('action-99999'),
      'Action.Run': {commands: 'true', timeout: 1e9, units: [unit], parallel: true, 'execution-group': ''},
      'Action.WatchActionsProgress': entities(taskTag(taskID)),
      'Secrets.ListSecrets': {'show-secrets': false, filter: {label: 'ghost'}},
      'Secrets.CreateSecrets': {args: []},
      'Secrets.UpdateSecrets': {args: []},
      'Secrets.GrantSecret': ghostSecret,
    },
  }
}

/** These are asked of the controller, the others of a model. */
const ofController: ReadonlySet<string> = new Set(['Controller', 'ModelManager', 'Pinger'])
/** Machines refuse this one before they look at who asks. */
const ofPods: ReadonlySet<string> = new Set(['Application.ScaleApplications'])
/** A watcher is asked and stopped by its number, which `WatchActionsProgress` gives. */
const ofWatchers: ReadonlySet<string> = new Set(['StringsWatcher.Next', 'StringsWatcher.Stop'])

/** Makes a call as a user. @throws the refusal, be it at the login or of the call or its item */
async function callAs(world: World, user: string, call: Call, samples: Samples): Promise<void> {
  const name = nameOf(call)
  const params = name === 'ModelManager.ListModelSummaries' ? {'user-tag': `user-${user}`} : samples.params[name]
  const make = async (caller: Caller): Promise<void> => refusalIn(name, await caller.call(call, params))
  if (ofController.has(call.facade)) return world.onController(user, make)
  const modelUUID = ofPods.has(name) ? world.juju.podsUUID : world.juju.modelUUID
  if (user === users.login) {
    const reason = await world.reasonOf(world.targetOf(user), modelUUID)
    assert.notEqual(reason, 'connected', `${user} logged in to a model`)
    // Juju 3 hides a model from who may not see it, and says that the password is wrong.
    throw new JujuError(name, 'permission denied', 'unauthorized access')
  }
  await make(await world.connected(user, modelUUID))
}

/** Throws what an item says of missing rights. */
function refusalIn(name: string, reply: unknown): void {
  const text = JSON.stringify(reply ?? {})
  if (text.includes('"unauthorized access"')) throw new JujuError(name, 'permission denied', 'unauthorized access')
}

/** Whether a call, or the login for it, was refused for want of access; any other answer means that it was let through. */
async function refused(world: World, user: string, call: Call, samples: Samples): Promise<boolean> {
  try {
    await callAs(world, user, call, samples)
    return false
  } catch (error) {
    if (isRefused(error)) return true
    if (error instanceof JujuError) return false
    throw error
  }
}

/** What docs/juju.md says of access. @param offered whether the server has a call */
export function accesses(offered: (call: Call) => boolean): (check: Check) => void {
  return check => {
    accessOfCalls(check, offered)
    accessOfFeatures(check, offered)
  }
}

function accessOfCalls(check: Check, offered: (call: Call) => boolean): void {
  check('there is a harmless example of every call', async world => {
    const {params} = await samplesOf(world)
    const names = allCalls.map(nameOf).filter(name => !name.startsWith('Admin.') && !ofWatchers.has(name))
    assert.deepEqual(names.filter(name => !(name in params)).join(), 'ModelManager.ListModelSummaries')
  })

  for (const call of allCalls.filter(offered)) {
    const name = nameOf(call)
    if (call.facade === 'Admin' || ofWatchers.has(name)) continue
    check(`S5.26 ${name} is let through with ${call.needs} access, and not with less`, async world => {
      const samples = await samplesOf(world)
      const needs = call.needs === 'login' && !ofController.has(call.facade) ? 'read' : call.needs
      assert.equal(await refused(world, users[needs], call, samples), false, `${users[needs]} may`)
      const less = lower[needs]
      if (less === undefined || laxly.has(name)) return
      assert.equal(await refused(world, users[less], call, samples), true, `${users[less]} may not`)
    })
  }
}

function accessOfFeatures(check: Check, offered: (call: Call) => boolean): void {
  for (const feature of Object.values(features as Readonly<Record<string, Feature>>)) {
    const least = leastAccess(feature.calls)
    const calls = feature.calls.filter(call => offered(call) && !ofWatchers.has(nameOf(call)))
    check(`S5.26 ${feature.name}: ${least} access is enough, and less is not`, async world => {
      const samples = await samplesOf(world)
      for (const call of calls) {
        assert.equal(await refused(world, users[least], call, samples), false, `${users[least]}: ${nameOf(call)}`)
      }
      const less = lower[least]
      if (less === undefined) return
      const refusals = await Promise.all(calls.map(call => refused(world, users[less], call, samples)))
      assert.ok(refusals.includes(true), `${users[less]} is refused somewhere`)
    })
  }
}
