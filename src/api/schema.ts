import {z} from 'zod'

/**
 * A rule that the API server checks as CEL and `parse…` repeats, for objects that were written before the rule existed.
 * Both halves say the same; `message` says what to write instead.
 */
export interface Rule<T> {
  /** CEL, with `self` as the value that the rule sits on. */
  readonly rule: string
  readonly message: string
  /** The same in TypeScript: true when the value is fine. */
  readonly holds: (value: T) => boolean
  /** Where the API server reports it, below the value, for example `.unit`. */
  readonly fieldPath?: string
}

/** The key under which rules travel to the generator, through zod's metadata. */
export const RULES = 'x-kubernetes-validations'

/** Attaches rules to a schema: as refinements for our own check and as CEL for the API server. */
export function withRules<S extends z.ZodType>(schema: S, ...rules: readonly Rule<z.output<S>>[]): S {
  const checked = schema.superRefine((value, context) => {
    for (const rule of rules) {
      if (!rule.holds(value as z.output<S>)) {
        const path = rule.fieldPath === undefined ? [] : rule.fieldPath.split('.').slice(1)
        context.addIssue({code: 'custom', message: rule.message, path})
      }
    }
  })
  const earlier = (schema.meta()?.[RULES] ?? []) as readonly object[]
  const validations = rules.map(({rule, message, fieldPath}) => ({rule, message, ...(fieldPath && {fieldPath})}))
  return checked.meta({...schema.meta(), [RULES]: [...earlier, ...validations]}) as S
}

/** Gives a schema its description (kubectl explain, docs/api.md) and an example for the docs. */
export function described<S extends z.ZodType>(schema: S, description: string, example?: unknown): S {
  return schema.meta({...schema.meta(), description, ...(example !== undefined && {example})}) as S
}

/** A bounded string. `pattern` must mean the same in RE2 (no look-around, no flags). */
export function text(bounds: {max: number; min?: number; pattern?: RegExp}): z.ZodString {
  let schema = z.string().max(bounds.max)
  if (bounds.min !== undefined) schema = schema.min(bounds.min)
  if (bounds.pattern !== undefined) schema = schema.regex(bounds.pattern)
  return schema
}

/** A bounded string whose shape people get wrong: the API server answers with `message` instead of with the pattern. */
export function shaped(bounds: {max: number; min?: number; pattern: RegExp; message: string}): z.ZodString {
  const {pattern, message, ...rest} = bounds
  return withRules(text(rest), {
    rule: `self.matches(r'${pattern.source.replaceAll('\\/', '/')}')`,
    message,
    holds: value => pattern.test(value),
  })
}

/** RFC 3339, as the operator writes it into a status. */
export function time(): z.ZodString {
  return z.string().max(64).meta({format: 'date-time'})
}

const moments =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/

/**
 * RFC 3339 as people write it into a spec: with an offset, at most microseconds, of a day that the calendar has.
 * JavaScript takes 30 February as 2 March; here it is refused.
 *
 * @param word what may stand instead of a moment
 */
export function moment(message: string, word?: string): z.ZodString {
  const or = word === undefined ? '' : `self == '${word}' || `
  return withRules(text({max: 40, min: 1}), {
    rule: `${or}(self.matches(r'${moments.source}') && timestamp(self) > timestamp('1970-01-01T00:00:00Z'))`,
    message,
    holds: value => value === word || isMoment(value),
  })
}

function isMoment(value: string): boolean {
  if (!moments.test(value)) return false
  const [year = 0, month = 0, day = 0] = value.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && Date.parse(value) > 0
}

/** The name of a Kubernetes object (DNS subdomain). */
export function name(): z.ZodString {
  return text({max: 253, min: 1, pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/})
}

/** The name of a Juju application. */
export function applicationName(): z.ZodString {
  return shaped({
    max: 63,
    min: 1,
    pattern: /^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*$/,
    message: 'write the name of a Juju application, for example postgresql',
  })
}

/** The name of a Juju unit. */
export function unitName(): z.ZodString {
  return shaped({
    max: 80,
    min: 1,
    pattern: /^[a-z][a-z0-9]*(-[a-z0-9]*[a-z][a-z0-9]*)*\/(0|[1-9][0-9]{0,8})$/,
    message: 'write the name of a Juju unit, for example postgresql/1',
  })
}

/** A whole number of seconds, at most ten years. */
export function seconds(min: number, max = 315_360_000): z.ZodInt {
  return z.int().min(min).max(max)
}

/** PEM certificates. */
export function certificates(): z.ZodString {
  return withRules(
    text({max: 65_536, min: 1}),
    {
      rule: "self.contains('-----BEGIN CERTIFICATE-----') && self.contains('-----END CERTIFICATE-----')",
      message: 'write PEM certificates, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
      holds: value => value.includes('-----BEGIN CERTIFICATE-----') && value.includes('-----END CERTIFICATE-----'),
    },
    {
      rule: "!self.contains('PRIVATE KEY')",
      message: 'write certificates only: this text holds a private key, which belongs in a Secret',
      holds: value => !value.includes('PRIVATE KEY'),
    },
  )
}
