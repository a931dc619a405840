import {goTime} from '../go.ts'
import type {CharmStore} from '../world/charm-store.ts'
import {shownUrl} from './charm-shapes.ts'
import type {Quirks} from '../quirks.ts'
import type {Application, Unit} from '../world/application.ts'
import type {Machine, Model, Relation} from '../world/model.ts'
import type {StatusSince} from '../world/status.ts'
import {besideUnit, principalsOf, scopeOf} from './subordinates.ts'

/** Juju's DetailedStatus. @param data null where Juju has no map */
export function detailed({status, message, since}: StatusSince, life = '', data: object | null = {}): object {
  return {status, info: message, data, since: goTime(since), kind: '', version: '', life}
}

export function machineStatus({id, base, since, started, life}: Machine): object {
  const [agent, instance] = started ? ['started', 'running'] : ['pending', 'pending']
  return {
    'agent-status': detailed({status: agent, message: '', since}, life),
    'instance-status': detailed({status: instance, message: started ? 'running' : '', since}, life),
    'modification-status': {status: '', info: '', data: null, since: null, kind: '', version: '', life: ''},
    'dns-name': '',
    'instance-id': started ? `i-${id}` : 'pending',
    'display-name': started ? `simulated-${id}` : '',
    base: {name: base.name, channel: riskless(base.channel)},
    id,
    containers: {},
    constraints: 'arch=amd64',
    hardware: started ? 'arch=amd64 cores=2 mem=4096M' : '',
    jobs: ['JobHostUnits'],
    'has-vote': false,
    'wants-vote': false,
  }
}

/** What a status is asked for. */
export interface Selection {
  readonly model: Model
  /** Applications that match; relations with others are not shown. */
  readonly names: ReadonlySet<string>
  readonly quirks: Quirks
  readonly charmhub: CharmStore | undefined
  readonly now: number
}

/** An application as FullStatus shows it, with these of its units. */
export function applicationStatus(
  {model, names, quirks, charmhub, now}: Selection,
  application: Application,
  units: readonly Unit[],
): object {
  const {origin, workloadVersion} = application
  const {revision, base} = application.charm.description
  return {
    charm: shownUrl(application.charm, quirks, origin.architecture),
    ...(origin.risk === '' ? {} : {'charm-channel': `${origin.track}/${origin.risk}`}),
    ...(revision === 0 ? {} : {'charm-rev': revision}),
    'charm-version': '',
    'charm-profile': '',
    base,
    exposed: false,
    life: application.life === 'alive' ? quirks.lifeWord : application.life,
    relations: relatedApplications(model, application, names),
    'can-upgrade-to': newerCharm(application, charmhub, quirks),
    'subordinate-to': principalsOf(model, application),
    units:
      application.charm.description.subordinate === true
        ? null
        : Object.fromEntries(units.map(unit => [unit.name, unitStatus(model, application, unit, quirks)])),
    status: detailed(application.status(now), '', null),
    'workload-version': workloadVersion,
    'endpoint-bindings': bindings(application),
    'public-address': '',
    ...(model.type === 'caas' ? kubernetesApplication(application) : {}),
  }
}

function unitStatus(model: Model, application: Application, unit: Unit, quirks: Quirks): object {
  const life = unit.life === 'alive' ? quirks.lifeWord : unit.life
  return {
    'agent-status': detailed(unit.agentLost ? {...unit.agent, status: 'lost', message: lostAgent} : unit.agent, life),
    'workload-status': detailed(unit.workload),
    'workload-version': unit.agent.status === 'allocating' ? '' : unit.charm.description.workloadVersion,
    machine: application.charm.description.subordinate === true ? '' : unit.machine,
    'opened-ports': null,
    'public-address': '',
    charm: quirks.showsUnitCharm ? otherCharm(application, unit, quirks) : '',
    subordinates: subordinateUnits(model, unit, quirks),
    ...(application.leader === unit.name ? {leader: true} : {}),
    ...(model.type === 'caas' ? podOf(unit) : {}),
  }
}

/** What sits beside a unit; Go has no map where nothing does. */
function subordinateUnits(model: Model, unit: Unit, quirks: Quirks): object | null {
  const beside = besideUnit(model, unit)
  if (beside.length === 0) return null
  return Object.fromEntries(
    beside.map(({application, unit: sitting}) => [sitting.name, unitStatus(model, application, sitting, quirks)]),
  )
}

/** The URL of the charm that the unit still runs, '' once that is its application's. */
function otherCharm({charm, origin}: Application, unit: Unit, quirks: Quirks): string {
  const own = shownUrl(unit.charm, quirks, origin.architecture)
  return own === shownUrl(charm, quirks, origin.architecture) ? '' : own
}

/** What the channel that the application follows has newer than its charm; Juju itself looks about once a day. */
function newerCharm({charm, origin}: Application, charmhub: CharmStore | undefined, quirks: Quirks): string {
  if (charmhub === undefined || origin.source === 'local') return ''
  const {name, revision} = charm.description
  const channel = `${origin.track}/${origin.risk}`
  const {architecture, base} = origin
  const found = charmhub.find({name, revision: undefined, channel, architecture, base})?.charm
  return found === undefined || found.description.revision <= revision ? '' : shownUrl(found, quirks, architecture)
}

/** The pod behind a unit on Kubernetes. */
export function podOf({name, number}: Unit): {readonly 'provider-id': string; readonly address: string} {
  return {'provider-id': name.replace('/', '-'), address: `10.1.0.${number + 1}`}
}

const lostAgent = 'agent is not communicating with the server'

function kubernetesApplication({name, scale}: Application): object {
  return {int: scale, 'provider-id': `svc-${name}`, 'public-address': '10.152.183.10'}
}

function relatedApplications(model: Model, {name}: Application, names: ReadonlySet<string>): Record<string, string[]> {
  const related: Record<string, string[]> = {}
  for (const {own, other} of model.relationsOf(name))
    if (names.has(other.application)) (related[own.endpoint] ??= []).push(other.application)
  return related
}

/** Every endpoint is bound to the space `alpha`, as in a model without spaces. */
export function bindings({charm: {description}}: Application): Record<string, string> {
  const {provides, requires, peers} = description
  const endpoints = ['', 'juju-info', ...[provides, requires, peers].flatMap(each => Object.keys(each))]
  return Object.fromEntries(endpoints.map(endpoint => [endpoint, 'alpha']))
}

export function relationStatus(model: Model, relation: Relation): object {
  const {id, interface: wire, ends, since} = relation
  const ordered = [...ends].sort((one, other) => Number(one.role === 'provider') - Number(other.role === 'provider'))
  return {
    id,
    key: ordered.map(({application, endpoint}) => `${application}:${endpoint}`).join(' '),
    interface: wire,
    scope: scopeOf(model, relation),
    endpoints: ordered.map(({application, endpoint, role}) => ({
      application,
      name: endpoint,
      role,
      subordinate: model.applications.get(application)?.charm.description.subordinate ?? false,
    })),
    status: detailed({status: 'joining', message: '', since}),
  }
}

/** `22.04/stable` without its risk, as some calls write it. */
export function riskless(channel: string): string {
  return channel.replace(/\/.*$/, '')
}
