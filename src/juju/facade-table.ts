import {Unsupported} from './errors.ts'
import type {Call} from './facades/call.ts'

/** Which facades, in which versions, a server offers on one connection. */
export type FacadeTable = ReadonlyMap<string, readonly number[]>

export function facadeTableOf(
  facades: readonly {readonly name: string; readonly versions: readonly number[]}[],
): FacadeTable {
  return new Map(facades.map(({name, versions}) => [name, versions]))
}

/**
 * The highest version that both sides know, by number.
 *
 * @throws Unsupported naming what each side offers
 */
export function chooseVersion(call: Pick<Call, 'facade' | 'versions'>, offered: FacadeTable): number {
  const theirs = offered.get(call.facade) ?? []
  const common = call.versions.filter(version => theirs.includes(version))
  if (common.length > 0) return Math.max(...common)
  const has = theirs.length === 0 ? 'does not offer it here' : `offers ${rangesOf(theirs)}`
  throw new Unsupported(
    `Charmkeeper needs facade ${call.facade} in version ${rangesOf(call.versions)}, the controller ${has}`,
  )
}

/** `15-19, 22` */
function rangesOf(versions: readonly number[]): string {
  const sorted = [...new Set(versions)].sort((a, b) => a - b)
  const starts = sorted.filter(version => !sorted.includes(version - 1))
  const ends = sorted.filter(version => !sorted.includes(version + 1))
  return starts.map((start, index) => (start === ends[index] ? `${start}` : `${start}-${ends[index]}`)).join(', ')
}
