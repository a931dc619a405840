import {z} from 'zod'

// Unknown keys are ignored everywhere, as Juju itself does: a newer server may say more.

/** A Go slice: nil travels as null, or not at all. */
export const goList = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? [])

/** A Go map: nil travels as null, or not at all. */
export const goMap = <T extends z.ZodType>(value: T) =>
  z
    .record(z.string(), value)
    .nullish()
    .transform(entries => entries ?? {})

/** A Go struct or pointer that may be nil. */
export const goPointer = <T extends z.ZodType>(value: T) =>
  value.nullish().transform((present): z.output<T> | undefined => present ?? undefined)

/** A Go string; absent means empty. */
export const goString = z
  .string()
  .nullish()
  .transform(text => text ?? '')

/** A Go bool; absent means false. */
export const goBool = z
  .boolean()
  .nullish()
  .transform(flag => flag ?? false)

/** A Go int; absent means 0. */
export const goInt = z
  .int()
  .nullish()
  .transform(count => count ?? 0)

/** A Go `interface{}`: anything that JSON can say. */
export const goAny = z.unknown()

/** A field of that type which may be absent. */
export const goAnyField = goAny.optional()

/** RFC 3339 as Go prints it, up to nanoseconds; the zero time is in year 1. Kept as text: see `juju/times.ts`. */
export const goTime = goString

/** `params.Error`. On success some facades send it empty, so it counts only with a message or a code. */
export const itemError = z.object({message: goString, code: goString, info: goMap(goAny)})

export type ItemError = z.output<typeof itemError>

/** An item's error as Juju sends it: absent, null, empty or real. */
export const maybeError = goPointer(itemError)

/** `params.ErrorResults`: what became of each item of a bulk call that has no other answer. */
export const errorResults = z.object({results: goList(z.object({error: maybeError}))})

/** `params.Base`, for example `ubuntu` and `22.04/stable`. */
export const base = z.object({name: goString, channel: goString})

export const entities = z.object({entities: z.array(z.object({tag: z.string()}))})

export const hostPort = z.object({value: z.string(), type: goString, scope: goString, port: z.int()})

export type HostPort = z.output<typeof hostPort>

/** One list of addresses per controller machine. */
export const servers = goList(goList(hostPort))

export const noParams = z.object({}).nullish()

/** The answer of a method that returns nothing. */
export const nothing = z.object({}).nullish()
