export const fieldNames = ['minute', 'hour', 'day of month', 'month', 'day of week'] as const

export type FieldName = (typeof fieldNames)[number]

/** Why a pattern or a zone cannot be used: what, where and what to write instead. */
export interface PatternProblem {
  readonly reason: 'InvalidSchedule' | 'NeverMatches'
  readonly message: string
  /** The wrong field, where it is one. */
  readonly field?: FieldName | 'time zone'
  /** 1 to 5: which of the five fields. */
  readonly position?: number
}
