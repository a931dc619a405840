import type {CallOptions, Caller} from './connection.ts'
import {get, setting, unitsInfo as unitsInfoCall} from './facades/application.ts'
import type {ResultOf} from './facades/call.ts'
import {charmInfo as charmInfoCall} from './facades/charms.ts'
import {itemErrorOf} from './item-errors.ts'
import {nameOfTag, unitTag} from './tags.ts'

/** One option of a charm's configuration as it is set. */
export interface Setting {
  readonly type: string
  readonly source: 'default' | 'user' | 'unset'
  /** absent when `source` is unset */
  readonly value: unknown
}

/** Configuration of an application. It may hold secrets: never log it. */
export interface ApplicationSettings {
  readonly application: string
  readonly charmName: string
  readonly channel: string
  readonly base: {readonly name: string; readonly channel: string} | undefined
  readonly settings: ReadonlyMap<string, Setting>
  readonly trust: boolean
}

/** @throws JujuError `not found` for an unknown application */
export async function applicationGet(
  caller: Caller,
  application: string,
  options?: CallOptions,
): Promise<ApplicationSettings> {
  const reply = await caller.call(get, {application, branch: ''}, options)
  const settings = Object.entries(reply.config).map(([name, value]) => [name, settingOf(value)] as const)
  return {
    application: reply.application,
    charmName: reply.charm,
    channel: reply.channel,
    base: reply.base,
    settings: new Map(settings),
    trust: settingOf(reply['application-config']['trust']).value === true,
  }
}

function settingOf(raw: unknown): Setting {
  const parsed = setting.safeParse(raw)
  if (!parsed.success) return {type: '', source: 'unset', value: undefined}
  const {type, source, value} = parsed.data
  return {type, source: source === 'user' || source === 'default' ? source : 'unset', value}
}

/** One relation as a unit sees it. Databags may hold secrets: never log them. */
export interface UnitRelation {
  readonly relationID: number
  readonly endpoint: string
  readonly relatedEndpoint: string
  readonly crossModel: boolean
  /** 3.x: of the other side; 4.x: of the unit's own application (peer relations: the same) */
  readonly applicationData: Readonly<Record<string, unknown>>
  /** of the other side's units, by unit name */
  readonly unitData: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

export interface UnitInfo {
  readonly unit: string
  /** the application's charm, not the unit's */
  readonly charmURL: string
  readonly leader: boolean
  readonly life: string
  readonly machine: string
  readonly address: string
  readonly publicAddress: string
  readonly providerID: string
  readonly workloadVersion: string
  readonly relations: readonly UnitRelation[]
}

type WireUnit = NonNullable<ResultOf<typeof unitsInfoCall>['results'][number]['result']>

/**
 * Units with their relation data; a unit that Juju does not know is left out.
 *
 * @throws JujuError when Juju cannot tell about a unit for another reason
 */
export async function unitsInfo(
  caller: Caller,
  units: readonly string[],
  options?: CallOptions,
): Promise<readonly UnitInfo[]> {
  const reply = await caller.call(unitsInfoCall, {entities: units.map(unit => ({tag: unitTag(unit)}))}, options)
  const errors = reply.results.map(({error}) => itemErrorOf(unitsInfoCall, error))
  const fault = errors.find(error => error !== undefined && error.code !== 'not found')
  if (fault !== undefined) throw fault
  return reply.results.flatMap(({result}) => (result === undefined ? [] : [unitInfoOf(result)]))
}

function unitInfoOf(wire: WireUnit): UnitInfo {
  return {
    unit: nameOfTag(wire.tag),
    charmURL: wire.charm,
    leader: wire.leader,
    life: wire.life === '' ? 'alive' : wire.life,
    machine: wire.machine,
    address: wire.address,
    publicAddress: wire['public-address'],
    providerID: wire['provider-id'],
    workloadVersion: wire['workload-version'],
    relations: wire['relation-data'].map(relation => ({
      relationID: relation['relation-id'],
      endpoint: relation.endpoint,
      relatedEndpoint: relation['related-endpoint'],
      crossModel: relation['cross-model'],
      applicationData: relation.ApplicationData,
      unitData: new Map(
        Object.entries(relation['unit-relation-data']).map(([unit, {UnitData}]) => [unit, UnitData] as const),
      ),
    })),
  }
}

export interface ActionSpec {
  readonly description: string
  /** JSON schema of the parameters */
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface CharmInfo {
  readonly url: string
  readonly name: string
  readonly revision: number
  readonly actions: ReadonlyMap<string, ActionSpec>
  /** option -> type and default */
  readonly options: ReadonlyMap<string, {readonly type: string; readonly default: unknown}>
  /** endpoint -> interface, of provides, requires and peers */
  readonly endpoints: ReadonlyMap<string, {readonly role: string; readonly interface: string}>
}

/**
 * A charm of the model. With read access it is the way to an application's action schema: the other one needs write.
 *
 * @param url as `ApplicationStatus.charmURL` has it
 * @throws JujuError `not found` for a charm that is not in the model
 */
export async function charmInfo(caller: Caller, url: string, options?: CallOptions): Promise<CharmInfo> {
  const reply = await caller.call(charmInfoCall, {url}, options)
  const specs = Object.entries(reply.actions?.specs ?? {})
  const endpoints = Object.entries({...reply.meta?.provides, ...reply.meta?.requires, ...reply.meta?.peers})
  return {
    url: reply.url,
    name: reply.meta?.name ?? '',
    revision: reply.revision,
    actions: new Map(specs.map(([name, {description, params}]) => [name, {description, parameters: params}])),
    options: new Map(
      Object.entries(reply.config).map(([name, option]) => [name, {type: option.type, default: option.default}]),
    ),
    endpoints: new Map(
      endpoints.map(([name, endpoint]) => [name, {role: endpoint.role, interface: endpoint.interface}]),
    ),
  }
}

/** The defaults that a JSON schema of action parameters names, for `matchIntent` and for showing what will run. */
export function parameterDefaults(spec: ActionSpec): Readonly<Record<string, unknown>> {
  const properties = Object.entries(asRecord(spec.parameters['properties']))
  const withDefault = properties.filter(([, property]) => 'default' in asRecord(property))
  return Object.fromEntries(withDefault.map(([name, property]) => [name, asRecord(property)['default']]))
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
