import type {z} from 'zod'
import type {ResourceType} from './meta.ts'

/** A column of `kubectl get`; priority 1 shows only with `-o wide`. */
export interface PrinterColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly jsonPath: string
  readonly description: string
  readonly priority?: 1
}

/** A rule over a change of a field of spec, in CEL. */
export interface TransitionRule {
  readonly field: string
  /** `self` and `oldSelf` are the values of the field; the rule is not looked at while one of them is absent */
  readonly rule: string
  /** `self` and `oldSelf` are spec instead, for a rule about the field's presence. */
  readonly onSpec?: boolean
  readonly message: string
}

/** Everything that the CRD and the reference page of a kind are generated from. */
export interface KindDefinition {
  readonly resource: ResourceType
  readonly shortNames: readonly string[]
  /** What the kind declares, for kubectl explain and docs. */
  readonly description: string
  readonly spec: z.ZodType
  readonly status: z.ZodType
  readonly columns: readonly PrinterColumn[]
  readonly selectableFields: readonly string[]
  /** Fields of spec that never change after creation, and what to do instead. */
  readonly immutable: {readonly fields: readonly string[]; readonly instead: string}
  readonly transitions: readonly TransitionRule[]
  /** The condition that the column STATUS comes from, and its reasons. */
  readonly outcome: {readonly type: 'Ready' | 'Succeeded'; readonly reasons: Readonly<Record<string, string>>}
  /** The other conditions: what they say, and their reasons where these are their own. */
  readonly conditions: Readonly<Record<string, {says: string; reasons?: Readonly<Record<string, string>>}>>
  /** What the words of a field of the status mean, by its path, where its description does not say. */
  readonly words?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Conditions that every kind has while they are true, for kstatus (kubectl wait, Flux, Argo CD). */
export const progressConditions = {
  Reconciling: {
    says: 'Present only while True: the operator is at work, or waits for something that will come by itself.',
  },
  Stalled: {
    says: 'Present only while True: nothing more happens until a person acts, or the run has ended without success.',
  },
} as const
