import type {Base} from './charm-origin.ts'
import type {CallOptions, Caller} from './connection.ts'
import {UnexpectedReply} from './errors.ts'
import {
  applicationsInfo as applicationsInfoCall,
  get,
  leader as leaderCall,
  setting,
  unitsInfo as unitsInfoCall,
} from './facades/application.ts'
import {nameOf, type Call, type ResultOf} from './facades/call.ts'
import type {ItemError} from './facades/common.ts'
import {isNotFound, itemErrorOf} from './item-errors.ts'
import {applicationTag, nameOfTag, unitTag} from './tags.ts'

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
  readonly base: Base | undefined
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

/** What Juju keeps of an application, beside its status. */
export interface ApplicationInfo {
  readonly application: string
  readonly charmName: string
  readonly channel: string
  readonly base: Base | undefined
  /** false: a subordinate */
  readonly principal: boolean
  /** an offer of another model */
  readonly remote: boolean
  readonly life: string
  /** endpoint -> space; '' is the default of the others */
  readonly endpointBindings: Readonly<Record<string, string>>
}

/**
 * Applications by name; one that Juju does not know is left out.
 *
 * @throws JujuError when Juju cannot tell about one for another reason
 */
export async function applicationsInfo(
  caller: Caller,
  applications: readonly string[],
  options?: CallOptions,
): Promise<readonly ApplicationInfo[]> {
  const entities = applications.map(application => ({tag: applicationTag(application)}))
  const {results} = await caller.call(applicationsInfoCall, {entities}, options)
  return known(applicationsInfoCall, results).map(wire => ({
    application: nameOfTag(wire.tag),
    charmName: wire.charm,
    channel: wire.channel,
    base: wire.base,
    principal: wire.principal,
    remote: wire.remote,
    life: aliveUnlessSaid(wire.life),
    endpointBindings: wire['endpoint-bindings'],
  }))
}

/**
 * The leader of an application, by its unit name.
 *
 * @throws JujuError `not found` for an unknown application, and for one whose leader is not elected
 */
export async function leader(caller: Caller, application: string, options?: CallOptions): Promise<string> {
  const reply = await caller.call(leaderCall, {tag: applicationTag(application)}, options)
  const fault = itemErrorOf(leaderCall, reply.error)
  if (fault !== undefined) throw fault
  if (reply.result === '') throw new UnexpectedReply(nameOf(leaderCall), 'neither a unit nor an error')
  return reply.result
}

/** One relation as a unit sees it. Databags may hold secrets: never log them. */
export interface UnitRelation {
  readonly relationID: number
  readonly endpoint: string
  readonly relatedEndpoint: string
  readonly crossModel: boolean
  /** of one side or the other, see `publishedData` */
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
  return known(unitsInfoCall, reply.results).map(unitInfoOf)
}

/** The items that Juju knows. @throws JujuError of an item that has another fault */
function known<T>(
  call: Pick<Call, 'facade' | 'method'>,
  results: readonly {readonly result?: T | undefined; readonly error?: ItemError | undefined}[],
): readonly T[] {
  const errors = results.map(({error}) => itemErrorOf(call, error))
  const fault = errors.find(error => error !== undefined && !isNotFound(error))
  if (fault !== undefined) throw fault
  return results.flatMap(({result}, index) => (result === undefined || errors[index] !== undefined ? [] : [result]))
}

/** 3.x says nothing of what is alive. */
const aliveUnlessSaid = (life: string): string => (life === '' ? 'alive' : life)

function unitInfoOf(wire: WireUnit): UnitInfo {
  return {
    unit: nameOfTag(wire.tag),
    charmURL: wire.charm,
    leader: wire.leader,
    life: aliveUnlessSaid(wire.life),
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
