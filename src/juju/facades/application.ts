import {z} from 'zod'
import {defineCall} from './call.ts'
import {
  base,
  entities,
  errorResults,
  goAny,
  goAnyField,
  goBool,
  goList,
  goMap,
  goPointer,
  goString,
  maybeError,
} from './common.ts'

/** Juju 3.1 begins with 15, 3.3 has 19, early 3.6 ends at 19 to 21, 4.x offers 19 to 22. */
export const applicationVersions = [15, 16, 17, 18, 19, 20, 21, 22]

/** Settings of an application. An option with `source` "unset" has no `value`. */
export const get = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'Get',
  needs: 'read',
  params: z.object({application: z.string(), branch: z.string()}),
  result: z.object({
    application: z.string(),
    charm: goString,
    channel: goString,
    base: goPointer(base),
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

/** Sets options; every value is text, and `trust` is one of them. `config-yaml` stays empty: 4.x does not implement it. */
export const setConfigs = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'SetConfigs',
  needs: 'write',
  params: z.object({
    Args: z.array(
      z.object({
        application: z.string(),
        generation: z.string(),
        config: z.record(z.string(), z.string()),
        'config-yaml': z.string(),
      }),
    ),
  }),
  result: errorResults,
})

/** Puts options back to their defaults. 4.x says nothing of an option that the charm does not have. */
export const unsetApplicationsConfig = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'UnsetApplicationsConfig',
  needs: 'write',
  params: z.object({
    Args: z.array(z.object({application: z.string(), branch: z.string(), options: z.array(z.string())})),
  }),
  result: errorResults,
})

/** Names of the endpoints of an application's charm, `juju-info` among them. */
export const charmRelations = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'CharmRelations',
  needs: 'read',
  params: z.object({application: z.string()}),
  result: z.object({'charm-relations': goList(z.string())}),
})

/** What Juju keeps of applications; `charm` is the charm's name here, not its URL. */
export const applicationsInfo = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'ApplicationsInfo',
  needs: 'read',
  params: entities,
  result: z.object({
    results: goList(
      z.object({
        result: goPointer(
          z.object({
            tag: goString,
            charm: goString,
            base: goPointer(base),
            channel: goString,
            principal: goBool,
            exposed: goBool,
            remote: goBool,
            life: goString,
            'endpoint-bindings': goMap(z.string()),
          }),
        ),
        error: maybeError,
      }),
    ),
  }),
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
  versions: applicationVersions,
  method: 'UnitsInfo',
  needs: 'read',
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

/** The leader's unit name. Only 4.x checks the access. */
export const leader = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'Leader',
  needs: 'read',
  params: z.object({tag: z.string()}),
  result: z.object({result: goString, error: maybeError}),
})
