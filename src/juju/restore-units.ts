import type {CallOptions, Caller} from './connection.ts'
import type {JujuError} from './errors.ts'
import {destroyUnit} from './facades/destroy-unit.ts'
import {itemErrorOf} from './item-errors.ts'
import {nameOfTag, unitTag} from './tags.ts'

/** What became of one unit. Juju removes it in the background; its storage is detached or destroyed with it. */
export type UnitRemoval =
  | {readonly accepted: true; readonly destroyedStorage: readonly string[]; readonly detachedStorage: readonly string[]}
  | {readonly accepted: false; readonly error: JujuError}

/**
 * Removes units on machines, as a restore that rebuilds the replicas has to. Nothing else may import this (a test of the
 * architecture sees to it). A unit that is going already may be asked for again.
 *
 * @param units names; never all units of an application
 * @returns per unit: accepted, or Juju's refusal (`not found`: it is gone)
 * @throws JujuError `not supported` on Kubernetes (scale there), `operation is blocked`, `unauthorized access` without write
 *   access: nothing was removed
 */
export async function destroyUnits(
  caller: Caller,
  units: readonly string[],
  {destroyStorage = false}: {destroyStorage?: boolean} = {},
  options?: CallOptions,
): Promise<ReadonlyMap<string, UnitRemoval>> {
  const wanted = units.map(unit => ({'unit-tag': unitTag(unit), 'destroy-storage': destroyStorage, force: false}))
  const {results} = await caller.call(destroyUnit, {units: wanted}, options)
  return new Map(
    results.map(({info, error}, index) => [units[index] ?? '', removalOf(info, itemErrorOf(destroyUnit, error))]),
  )
}

type Stored = readonly {readonly tag: string}[]

function removalOf(
  info: {readonly 'destroyed-storage': Stored; readonly 'detached-storage': Stored} | undefined,
  error: JujuError | undefined,
): UnitRemoval {
  if (error !== undefined) return {accepted: false, error}
  const names = (stored: Stored = []): readonly string[] => stored.map(({tag}) => nameOfTag(tag))
  return {
    accepted: true,
    destroyedStorage: names(info?.['destroyed-storage']),
    detachedStorage: names(info?.['detached-storage']),
  }
}
