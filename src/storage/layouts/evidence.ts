/** What a store itself says about one backup; `Facts` is what it adds when the backup is there and whole. */
export type Evidence<Facts extends object> =
  | ({readonly kind: 'complete'; readonly message: string} & Facts)
  /** There is no such backup, or none that was ever finished. */
  | {readonly kind: 'missing'; readonly message: string}
  /** There is one, but it could not be restored as it is; `problems` says why, worst first. */
  | {readonly kind: 'broken'; readonly message: string; readonly problems: readonly string[]}

export type Broken = Extract<Evidence<object>, {kind: 'broken'}>

export function broken(problems: readonly string[]): Broken {
  return {kind: 'broken', message: `the backup in the store is not usable: ${problems.join('; ')}`, problems}
}
