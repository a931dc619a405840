import {z} from 'zod'
import {defineCall} from './call.ts'
import {entities, goAny, goAnyField, goBool, goList, goMap, goPointer, goString, maybeError} from './common.ts'

const versions = [15, 16, 17, 18, 19, 20, 21, 22]

/** Settings of an application. An option with `source` "unset" has no `value`. */
export const get = defineCall({
  facade: 'Application',
  versions,
  method: 'Get',
  params: z.object({application: z.string(), branch: z.string()}),
  result: z.object({
    application: z.string(),
    charm: goString,
    channel: goString,
    base: goPointer(z.object({name: goString, channel: goString})),
    config: goMap(goAny),
    'application-config': goMap(goAny),
    'endpoint-bindings': goMap(z.string()),
  }),
})

/** The value of one key in `config` and `application-config`, which Juju's schema leaves open. */
export const setting = z.object({
  type: goString,
  source: goString,
  value: goAnyField,
  default: goAnyField,
  description: goString,
})

const relationData = z.object({
  'relation-id': z.int(),
  endpoint: goString,
  'related-endpoint': goString,
  'cross-model': goBool,
  ApplicationData: goMap(goAny),
  'unit-relation-data': goMap(z.object({InScope: goBool, UnitData: goMap(goAny)})),
})

/**
 * Units with their relation data; an application's tag gives one result per unit. Whose `ApplicationData` it is differs:
 * the other side's on 3.x, the unit's own application's on 4.x.
 */
export const unitsInfo = defineCall({
  facade: 'Application',
  versions,
  method: 'UnitsInfo',
  params: entities,
  result: z.object({
    results: goList(
      z.object({
        result: goPointer(
          z.object({
            tag: z.string(),
            charm: goString,
            leader: goBool,
            life: goString,
            machine: goString,
            address: goString,
            'public-address': goString,
            'provider-id': goString,
            'opened-ports': goList(z.string()),
            'workload-version': goString,
            'relation-data': goList(relationData),
          }),
        ),
        error: maybeError,
      }),
    ),
  }),
})
