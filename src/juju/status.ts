import {isDeepStrictEqual} from 'node:util'
import type {CallOptions, Caller} from './connection.ts'
import type {ResultOf} from './facades/call.ts'
import {fullStatus as fullStatusCall} from './facades/client.ts'
import {timeOf} from './times.ts'

type Wire = ResultOf<typeof fullStatusCall>
type WireApplication = Wire['applications'][string]
type WireUnit = WireApplication['units'][string]
type WireStatus = WireApplication['status']

/** A status word with its message, as Juju shows it. */
export interface StatusValue {
  /** workload: active, blocked, maintenance, waiting, error, unknown, terminated; agent: idle, executing, lost, ... */
  readonly status: string
  readonly message: string
  readonly since?: string | undefined
}

export interface UnitStatus {
  /** for example `postgresql/0` */
  readonly name: string
  readonly application: string
  readonly workload: StatusValue
  readonly agent: StatusValue
  readonly leader: boolean
  readonly life: Life
  /** machine id; '' on Kubernetes */
  readonly machine: string
  /** pod address on Kubernetes */
  readonly address: string
  readonly publicAddress: string
  /** pod name on Kubernetes */
  readonly providerID: string
  readonly workloadVersion: string
  /** set only while it differs from the application's (3.x); 4.x leaves it empty always, so '' proves nothing */
  readonly charmURL: string
  /** the unit that this subordinate sits on */
  readonly principal?: string | undefined
}

export type Life = 'alive' | 'dying' | 'dead'

export interface ApplicationStatus {
  readonly name: string
  readonly charmURL: string
  /** from the URL: `ch:amd64/postgresql-468` -> `postgresql` */
  readonly charmName: string
  readonly revision: number
  /** for example `14/stable`; '' for a local charm */
  readonly channel: string
  readonly charmVersion: string
  readonly base?: {readonly name: string; readonly channel: string} | undefined
  readonly life: Life
  readonly status: StatusValue
  readonly workloadVersion: string
  /** endpoint -> applications on its other side */
  readonly relations: Readonly<Record<string, readonly string[]>>
  /** principals that this subordinate application is attached to */
  readonly subordinateTo: readonly string[]
  /** its own units by number; of a subordinate, those found under its principals */
  readonly units: readonly UnitStatus[]
  /** wanted scale, on Kubernetes */
  readonly scale?: number | undefined
  /** why Juju could not tell the rest */
  readonly error?: string | undefined
}

export interface RelationStatus {
  readonly id: number
  readonly key: string
  readonly interface: string
  readonly endpoints: readonly {readonly application: string; readonly endpoint: string; readonly role: string}[]
  readonly status: StatusValue
}

/** What `juju status` knows, in our words. */
export interface FullStatus {
  readonly model: {
    readonly name: string
    readonly type: 'Machines' | 'Kubernetes'
    readonly cloud: string
    readonly region: string
    readonly version: string
    readonly status: StatusValue
  }
  readonly applications: ReadonlyMap<string, ApplicationStatus>
  readonly relations: readonly RelationStatus[]
  /** the controller's own clock */
  readonly controllerTime?: string | undefined
}

/** Big models take the controller a while. */
const statusTimeoutMs = 60_000

/**
 * The state of the model. Answered also while the controller is being upgraded.
 *
 * @param patterns names of applications or units; none = all
 */
export async function fullStatus(
  caller: Caller,
  patterns: readonly string[] = [],
  options: CallOptions = {},
): Promise<FullStatus> {
  const params = {patterns: [...patterns], 'include-storage': false}
  return fullStatusOf(await caller.call(fullStatusCall, params, {timeoutMs: statusTimeoutMs, ...options}))
}

export function fullStatusOf(wire: Wire): FullStatus {
  const units = allUnits(wire)
  const applications = Object.entries(wire.applications).map(
    ([name, application]) => [name, applicationOf(name, application, units.get(name) ?? [])] as const,
  )
  return {
    model: {
      name: wire.model.name,
      type: modelTypeOf(wire.model.type),
      cloud: wire.model['cloud-tag'].replace(/^cloud-/, ''),
      region: wire.model.region,
      version: wire.model.version,
      status: statusOf(wire.model['model-status']),
    },
    applications: new Map(applications),
    relations: wire.relations.map(relation => ({
      id: relation.id,
      key: relation.key,
      interface: relation.interface,
      endpoints: relation.endpoints.map(({application, name, role}) => ({application, endpoint: name, role})),
      status: statusOf(relation.status),
    })),
    controllerTime: timeOf(wire['controller-timestamp']),
  }
}

/**
 * The status with those applications and relations of an earlier one that are still the same. Hundreds of models are read each
 * minute and hardly ever change: what stays is not made anew, as it would be garbage that has outlived its youth.
 */
export function sharing(earlier: FullStatus | undefined, status: FullStatus): FullStatus {
  if (earlier === undefined) return status
  const applications = [...status.applications].map(([name, application]) => {
    const known = earlier.applications.get(name)
    return [name, known !== undefined && isDeepStrictEqual(known, application) ? known : application] as const
  })
  const sameRelations = isDeepStrictEqual(earlier.relations, status.relations)
  return {
    ...status,
    applications: new Map(applications),
    relations: sameRelations ? earlier.relations : status.relations,
  }
}

/** `caas` and `iaas` in the words of the API. */
export function modelTypeOf(type: string): 'Machines' | 'Kubernetes' {
  return type === 'caas' ? 'Kubernetes' : 'Machines'
}

/** Name and revision in a charm URL such as `ch:amd64/jammy/postgresql-468` or `local:pgdemo-0`. */
export function parseCharmURL(url: string): {readonly name: string; readonly revision: number} {
  const last = url.split(/[:/]/).at(-1) ?? ''
  const parts = /^(.*)-(\d+)$/.exec(last)
  return parts === null ? {name: last, revision: 0} : {name: parts[1] ?? '', revision: Number(parts[2])}
}

function applicationOf(name: string, wire: WireApplication, units: readonly UnitStatus[]): ApplicationStatus {
  const charm = parseCharmURL(wire.charm)
  return {
    name,
    charmURL: wire.charm,
    charmName: charm.name,
    revision: charm.revision,
    channel: wire['charm-channel'],
    charmVersion: wire['charm-version'],
    base: wire.base,
    life: lifeOf(wire.life),
    status: statusOf(wire.status),
    workloadVersion: wire['workload-version'],
    relations: wire.relations,
    subordinateTo: wire['subordinate-to'],
    units: [...units].sort((a, b) => numberOf(a.name) - numberOf(b.name)),
    scale: wire.int ?? undefined,
    error: wire.err?.message,
  }
}

/** Units by application; subordinates travel inside their principals. */
function allUnits(wire: Wire): Map<string, UnitStatus[]> {
  const units = Object.values(wire.applications).flatMap(application =>
    Object.entries(application.units).flatMap(([name, unit]) => [
      unitOf(name, unit),
      ...Object.entries(unit.subordinates).map(([inner, subordinate]) => unitOf(inner, subordinate, name)),
    ]),
  )
  return Map.groupBy(units, unit => unit.application)
}

function unitOf(name: string, wire: Omit<WireUnit, 'subordinates'>, principal?: string): UnitStatus {
  return {
    name,
    application: name.slice(0, name.lastIndexOf('/')),
    workload: statusOf(wire['workload-status']),
    agent: statusOf(wire['agent-status']),
    leader: wire.leader,
    life: lifeOf(wire['agent-status'].life),
    machine: wire.machine,
    address: wire.address,
    publicAddress: wire['public-address'],
    providerID: wire['provider-id'],
    workloadVersion: wire['workload-version'],
    charmURL: wire.charm,
    principal,
  }
}

function statusOf(wire: WireStatus): StatusValue {
  return {status: wire.status, message: wire.info, since: timeOf(wire.since)}
}

/** 3.x says nothing of what is alive. */
function lifeOf(life: string): Life {
  return life === 'dying' || life === 'dead' ? life : 'alive'
}

function numberOf(unit: string): number {
  return Number(unit.slice(unit.lastIndexOf('/') + 1))
}
