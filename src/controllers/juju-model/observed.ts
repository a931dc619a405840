import type {JujuModel, JujuModelReason} from '../../api/juju-model.ts'
import type {OwnerSeen} from '../../juju/owner.ts'
import type {ReadyState} from '../../runtime/conditions.ts'

/** Why the way into Juju is barred, in the words of Ready. */
export interface Fault {
  readonly reason: JujuModelReason
  readonly message: string
}

/** What a step does in the background; the next reconcile sees what came of it. */
export type StepName =
  /** look the model up on its controller */
  | 'Resolve'
  /** open a session to the model */
  | 'Open'
  | 'Close'
  /** log in again, to see rights that were granted since */
  | 'Reconnect'
  /** read who owns the model */
  | 'ReadOwner'
  /** write that we do */
  | 'WriteOwner'

/** What the controller says of the model; `ageMs` is how long ago it said so. */
export type Resolution =
  | {readonly kind: 'none'}
  | {readonly kind: 'found'; readonly uuid: string; readonly access: string; readonly ageMs: number}
  | {
      readonly kind: 'failed'
      readonly fault: Fault
      /** RFC 3339: when it began to fail */
      readonly since: string
      readonly ageMs: number
      readonly retryAfterMs: number
    }

export type SessionState =
  | {readonly kind: 'none'}
  /** no attempt has ended yet */
  | {readonly kind: 'connecting'}
  | {readonly kind: 'lost'; readonly fault: Fault; readonly since: string}
  | {
      readonly kind: 'connected'
      /** since the login */
      readonly ageMs: number
      readonly access: 'read' | 'write' | 'admin'
      readonly serverVersion: string
      readonly controllerUUID: string
      /** why the latest reading of the model failed, and since when (RFC 3339) they do */
      readonly readingFault: (Fault & {readonly since: string}) | undefined
      /** how far the controller's clock is ahead of ours (below zero: behind), ms, while that is notable */
      readonly clockAheadMs: number | undefined
    }

/** What is known of the annotation that names the model's owner (api.md rule 13), or why nothing could be learnt. */
export type Claim =
  | OwnerSeen
  | {readonly kind: 'failed'; readonly fault: Fault; readonly ageMs: number}
  /** this process may not write at present: it does not lead */
  | {readonly kind: 'withheld'; readonly ageMs: number}

/** What this process knows of the way into one model. */
export interface LinkView {
  /** the step that is under way */
  readonly busy: StepName | undefined
  readonly resolution: Resolution
  readonly session: SessionState
  /** the model that the session is open to */
  readonly sessionUUID: string | undefined
  readonly claim: Claim
  /** the generation of the JujuModel for which the claim was confirmed last; its takeOver is used up */
  readonly claimedGeneration: number | undefined
}

/** Everything that decides over a JujuModel, read once. */
export interface Observed {
  readonly model: JujuModel
  /** the rule of the schema that the spec breaks, as a sentence */
  readonly invalid?: string | undefined
  /** who we are in Juju: `<cluster id>/<lease namespace>/<lease name>` */
  readonly self: string
  /** a granted job needs the session */
  readonly held: boolean
  /** whether credentials and CA could be read */
  readonly target: {readonly ok: true} | ({readonly ok: false} & Fault)
  /** the older JujuModel for the same model, `namespace/name` */
  readonly elder?: string | undefined
  readonly link: LinkView
}

/** What Ready says. */
export interface Outcome {
  readonly state: ReadyState
  readonly reason: JujuModelReason
  readonly message: string
  /** RFC 3339; absent: not known, or nothing that lasts */
  readonly since?: string
}

/** What to say and what to do next; without `outcome` nothing new is known, and what was said stays. */
export interface Verdict {
  readonly outcome?: Outcome
  readonly step?: StepName
  /** look again after this time; absent: after a minute, for the credentials */
  readonly againMs?: number
}

export type Rule = (observed: Observed) => Verdict | undefined

const passing: ReadonlySet<JujuModelReason> = new Set(['Unreachable', 'ControllerUpgrading'])

/** The row of api.md rule 5 that a reason belongs to. What will pass by itself says since when it has not. */
export function outcomeOf({reason, message}: Fault, since?: string): Outcome {
  const good = reason === 'Connected' || reason === 'Suspended'
  const state = good ? 'Ready' : passing.has(reason) ? 'Reconciling' : 'Stalled'
  return {
    state,
    reason,
    message: state === 'Reconciling' && since !== undefined ? `since ${since}: ${message}` : message,
    ...(since !== undefined && {since}),
  }
}
