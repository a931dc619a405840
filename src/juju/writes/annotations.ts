import {annotations, setAnnotations as sendAnnotations, type Annotated} from '../annotations.ts'
import {defineWrite, didNotHappen, happened, unknown} from './write.ts'

export interface AnnotationsTarget {
  readonly entity: Annotated
  /** key -> value; '' removes the key */
  readonly values: Readonly<Record<string, string>>
}

/** Values of the keys concerned, '' for one that is not there. */
type Values = Readonly<Record<string, string>>

/**
 * Sets annotations. Juju has no compare-and-set, so values that are neither the old nor the new ones say nothing of ours, and
 * the same again would overwrite them.
 */
export const setAnnotations = defineWrite({
  name: 'set annotations',
  repeat: 'WhenProved',
  application: ({entity}: AnnotationsTarget) => ('application' in entity ? entity.application : undefined),
  before: async (caller, {entity, values}, options): Promise<Values> =>
    pick(await annotations(caller, entity, options), values),
  send: (caller, {entity, values}, options): Promise<void> => sendAnnotations(caller, entity, values, options),
  read: async (caller, {target}, _status, options): Promise<Values> =>
    pick(await annotations(caller, target.entity, options), target.values),
  proves: ({target, before}, seen) => {
    if (isSame(seen, target.values)) return happened(undefined)
    return isSame(seen, before) ? didNotHappen : unknown('somebody else has written the annotations meanwhile')
  },
})

function pick(all: Values, keys: Values): Values {
  return Object.fromEntries(Object.keys(keys).map(key => [key, all[key] ?? '']))
}

function isSame(seen: Values, wanted: Values): boolean {
  return Object.entries(wanted).every(([key, value]) => seen[key] === value)
}
