import {z} from 'zod'

/**
 * The least access that Juju wants of who makes a call: any login, access to the model, or the controller's superuser. Each
 * includes those before it.
 */
export type Need = 'login' | 'read' | 'write' | 'admin' | 'superuser'

/**
 * One call of Juju's API, described once: the client sends and reads with it, the simulator answers with it, and a test
 * holds it against Juju's own facade schemas.
 *
 * `versions` are the facade versions that have the method in the described shape; the highest that the server offers too is
 * used.
 */
export interface Call<P extends z.ZodType = z.ZodType, R extends z.ZodType = z.ZodType> {
  readonly facade: string
  readonly versions: readonly number[]
  readonly method: string
  readonly needs: Need
  readonly params: P
  readonly result: R
}

/** What the caller of `C` hands in. */
export type ParamsOf<C extends Call> = z.input<C['params']>

/** What the caller of `C` gets: lists and maps that Go left out or sent as null are empty. */
export type ResultOf<C extends Call> = z.output<C['result']>

export function defineCall<P extends z.ZodType, R extends z.ZodType>(call: Call<P, R>): Call<P, R> {
  return call
}

/** `Facade.Method`, the name of a call in errors, logs and metrics. */
export function nameOf(call: Pick<Call, 'facade' | 'method'>): string {
  return `${call.facade}.${call.method}`
}
