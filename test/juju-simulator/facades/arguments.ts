import type {Params} from '../rpc/context.ts'

/** The items of a list parameter; null or absent: none. */
export function listOf<T>(params: Params, key: string): readonly T[] {
  return (params[key] ?? []) as readonly T[]
}

/** The tags in Juju's `Entities`. */
export function tagsOf(params: Params): readonly string[] {
  return listOf<{tag: string}>(params, 'entities').map(({tag}) => tag)
}
