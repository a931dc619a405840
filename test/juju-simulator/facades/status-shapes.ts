import {goTime} from '../go.ts'
import type {Quirks} from '../quirks.ts'
import {charmUrlOf} from '../world/application.ts'
import type {Application, Unit} from '../world/application.ts'
import type {Model, Relation} from '../world/model.ts'
import type {StatusSince} from '../world/status.ts'

/** Juju's DetailedStatus. @param data null where Juju has no map */
export function detailed({status, message, since}: StatusSince, life = '', data: object | null = {}): object {
  return {status, info: message, data, since: goTime(since), kind: '', version: '', life}
}

export function machineStatus(id: string, application: Application, since: number): object {
  const {name, channel} = application.charm.description.base
  const life = 'alive'
  return {
    'agent-status': detailed({status: 'started', message: '', since}, life),
    'instance-status': detailed({status: 'running', message: 'running', since}, life),
    'modification-status': {status: '', info: '', data: null, since: null, kind: '', version: '', life: ''},
    'dns-name': '',
    'instance-id': `i-${id}`,
    'display-name': `simulated-${id}`,
    base: {name, channel: riskless(channel)},
    id,
    containers: {},
    constraints: 'arch=amd64',
    hardware: 'arch=amd64 cores=2 mem=4096M',
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
  readonly now: number
}

/** An application as FullStatus shows it, with these of its units. */
export function applicationStatus(
  {model, names, quirks, now}: Selection,
  application: Application,
  units: readonly Unit[],
): object {
  const {description} = application.charm
  const {channel, revision, base, workloadVersion} = description
  return {
    charm: application.charmUrl,
    ...(channel === '' ? {} : {'charm-channel': channel}),
    ...(revision === 0 ? {} : {'charm-rev': revision}),
    'charm-version': '',
    'charm-profile': '',
    base,
    exposed: false,
    life: application.life === 'alive' ? quirks.lifeWord : application.life,
    relations: relatedApplications(model, application, names),
    'can-upgrade-to': '',
    'subordinate-to': [],
    units: Object.fromEntries(units.map(unit => [unit.name, unitStatus(model, application, unit, quirks)])),
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
    'workload-version': application.charm.description.workloadVersion,
    machine: unit.machine,
    'opened-ports': null,
    'public-address': '',
    charm: quirks.showsUnitCharm ? otherCharm(application, unit) : '',
    subordinates: null,
    ...(application.leader === unit.name ? {leader: true} : {}),
    ...(model.type === 'caas' ? podOf(unit) : {}),
  }
}

/** The URL of the charm that the unit still runs, '' once that is its application's. */
function otherCharm({charmUrl}: Application, unit: Unit): string {
  const own = charmUrlOf(unit.charm)
  return own === charmUrl ? '' : own
}

/** The pod behind a unit on Kubernetes. */
export function podOf({name, number}: Unit): {readonly 'provider-id': string; readonly address: string} {
  return {'provider-id': name.replace('/', '-'), address: `10.1.0.${number + 1}`}
}

const lostAgent = 'agent is not communicating with the server'

function kubernetesApplication({name, units}: Application): object {
  return {int: units.size, 'provider-id': `svc-${name}`, 'public-address': '10.152.183.10'}
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

export function relationStatus({id, interface: wire, ends, since}: Relation): object {
  const ordered = [...ends].sort((one, other) => Number(one.role === 'provider') - Number(other.role === 'provider'))
  return {
    id,
    key: ordered.map(({application, endpoint}) => `${application}:${endpoint}`).join(' '),
    interface: wire,
    scope: 'global',
    endpoints: ordered.map(({application, endpoint, role}) => ({
      application,
      name: endpoint,
      role,
      subordinate: false,
    })),
    status: detailed({status: 'joining', message: '', since}),
  }
}

/** `22.04/stable` without its risk, as some calls write it. */
export function riskless(channel: string): string {
  return channel.replace(/\/.*$/, '')
}
