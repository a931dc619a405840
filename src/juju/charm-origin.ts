import type {CallOptions, Caller} from './connection.ts'
import {getCharmURLOrigin, setCharm as setCharmCall} from './facades/application-charm.ts'
import type {SentCharmOrigin, WireCharmOrigin} from './facades/charm-origin.ts'
import {itemErrorOf} from './item-errors.ts'

/** An operating system, for example `ubuntu` and `22.04/stable`; Juju writes the channel with and without its risk. */
export interface Base {
  readonly name: string
  readonly channel: string
}

/**
 * Where a charm comes from. What Juju told is given back to it as it was: a refresh changes only track, risk, branch and
 * revision, and then `id` and `hash` together.
 */
export interface CharmOrigin {
  /** `charm-hub` or `local` */
  readonly source: string
  readonly type: string
  /** Charmhub's id of the charm; with `hash` either both or neither */
  readonly id: string
  readonly hash: string
  readonly risk: string
  readonly revision: number | undefined
  readonly track: string | undefined
  readonly branch: string | undefined
  readonly architecture: string
  readonly base: Base | undefined
  readonly instanceKey: string
}

/** A charm with its origin, as `SetCharm` takes it. */
export interface CharmSource {
  readonly url: string
  readonly origin: CharmOrigin
}

/**
 * The charm that an application has been told to run.
 *
 * @throws JujuError `not found` for an unknown application
 */
export async function charmOrigin(caller: Caller, application: string, options?: CallOptions): Promise<CharmSource> {
  const reply = await caller.call(getCharmURLOrigin, {application, branch: ''}, options)
  const fault = itemErrorOf(getCharmURLOrigin, reply.error)
  if (fault !== undefined) throw fault
  return {url: reply.url, origin: originOf(reply['charm-origin'])}
}

export interface SetCharmRequest extends CharmSource {
  readonly application: string
  /** `14/stable`; '' for a local charm */
  readonly channel?: string
  /** resource name -> pending id; 4.x has taken the resources over already, when they were announced */
  readonly resourceIDs?: Readonly<Record<string, string>>
  /** endpoint -> space */
  readonly endpointBindings?: Readonly<Record<string, string>>
  /** 3.x: although the charm's `assumes` are not met; 4.x: units in error too */
  readonly force?: boolean
  /** although changes are blocked; 3.x: units in error too */
  readonly forceUnits?: boolean
}

/**
 * Tells an application to run another charm of the model, and returns at once: the units follow on their own. The same charm
 * again changes nothing, so does an older one. Settings are set afterwards: 4.x takes none here.
 *
 * @throws JujuError `not found` (application, or the charm is not in the model), `bad request` (origin), `not supported` (the
 *   charm's storage differs), `incompatible base`, `operation is blocked`, `unauthorized access` without write access
 */
export async function setCharm(caller: Caller, request: SetCharmRequest, options?: CallOptions): Promise<void> {
  const params = {
    application: request.application,
    'charm-url': request.url,
    'charm-origin': sentOriginOf(request.origin),
    channel: request.channel ?? '',
    generation: '',
    force: request.force ?? false,
    'force-base': false,
    'force-units': request.forceUnits ?? false,
    'resource-ids': {...request.resourceIDs},
    'endpoint-bindings': {...request.endpointBindings},
  }
  await caller.call(setCharmCall, params, options)
}

export function originOf(wire: WireCharmOrigin): CharmOrigin {
  const {'instance-key': instanceKey, ...same} = wire
  return {...same, instanceKey}
}

export function sentOriginOf({instanceKey, revision, base, track, branch, ...same}: CharmOrigin): SentCharmOrigin {
  return {
    ...same,
    track: track ?? null,
    branch: branch ?? null,
    'instance-key': instanceKey,
    ...(revision === undefined ? {} : {revision}),
    ...(base === undefined ? {} : {base: {...base}}),
  }
}
