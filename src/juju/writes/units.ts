import type {FullStatus, Life} from '../status.ts'
import {fullStatus} from '../status.ts'
import {addUnits as sendUnits, scaleApplication as sendScale} from '../scaling.ts'
import {cameBeforeAnyEffect} from './refusals.ts'
import {defineWrite, didNotHappen, happened, unknown} from './write.ts'

export interface AddUnitsTarget {
  readonly application: string
  readonly count: number
}

/** Units of an application by name, in any state of life. */
export type UnitsSeen = Readonly<Record<string, Life>>

/**
 * Adds units on machines. Proved by their names: Juju never gives a number twice. The result is the new names. Juju makes one
 * after the other and takes none back when the next one fails.
 */
export const addUnits = defineWrite({
  name: 'add units',
  repeat: 'WhenProved',
  application: ({application}: AddUnitsTarget) => application,
  before: async (caller, {application}, options): Promise<UnitsSeen> =>
    unitsOf(await fullStatus(caller, [application], options), application),
  send: (caller, target, options): Promise<readonly string[]> => sendUnits(caller, target, options),
  isSettledBy: cameBeforeAnyEffect,
  read: (_caller, {target}, status): Promise<UnitsSeen> => Promise.resolve(unitsOf(status, target.application)),
  proves: ({target, before}, seen) => {
    const added = Object.keys(seen).filter(name => !Object.hasOwn(before, name))
    if (added.length === 0) return didNotHappen
    if (added.length === target.count) return happened<readonly string[]>(added)
    if (added.length > target.count) return {kind: 'Ambiguous', ids: added}
    return unknown(`${added.join(', ')} came, but ${target.count} units were asked for`)
  },
})

export interface ScaleTarget {
  readonly application: string
  readonly scale: number
}

/** The wanted scale; undefined where Juju shows none. */
interface ScaleSeen {
  readonly scale: number | undefined
}

/** Sets the scale on Kubernetes. Absolute, so that only the old or the wanted number proves something. */
export const scaleApplication = defineWrite({
  name: 'scale application',
  repeat: 'WhenProved',
  application: ({application}: ScaleTarget) => application,
  before: async (caller, {application}, options): Promise<ScaleSeen> =>
    scaleOf(await fullStatus(caller, [application], options), application),
  send: (caller, target, options): Promise<number> => sendScale(caller, target, options),
  read: (_caller, {target}, status): Promise<ScaleSeen> => Promise.resolve(scaleOf(status, target.application)),
  proves: ({target, before}, {scale}) => {
    if (scale === target.scale) return happened(scale)
    if (scale !== undefined && scale === before.scale) return didNotHappen
    return unknown(`the scale is ${scale ?? 'not shown'}, neither the old one nor the wanted one`)
  },
})

/** @returns nothing for an application that is gone */
export function unitsOf(status: FullStatus | undefined, application: string): UnitsSeen {
  const units = status?.applications.get(application)?.units ?? []
  return Object.fromEntries(units.map(({name, life}) => [name, life]))
}

function scaleOf(status: FullStatus | undefined, application: string): ScaleSeen {
  return {scale: status?.applications.get(application)?.scale}
}
