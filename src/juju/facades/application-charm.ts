import {z} from 'zod'
import {applicationVersions} from './application.ts'
import {defineCall} from './call.ts'
import {charmOrigin, sentCharmOrigin} from './charm-origin.ts'
import {goString, maybeError, nothing} from './common.ts'

/** The charm that an application has been told to run, with its origin. */
export const getCharmURLOrigin = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'GetCharmURLOrigin',
  needs: 'read',
  params: z.object({application: z.string(), branch: z.string()}),
  result: z.object({url: goString, 'charm-origin': charmOrigin, error: maybeError}),
})

/**
 * Tells an application to run another charm; the units follow on their own. The keys for storage are left out on purpose:
 * Juju 3 calls them `storage-constraints` and Juju 4 `storage-directives` under the same version number. So are the
 * settings, which 4.x ignores.
 */
export const setCharm = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'SetCharm',
  needs: 'write',
  params: z.object({
    application: z.string(),
    'charm-url': z.string(),
    'charm-origin': sentCharmOrigin,
    channel: z.string(),
    generation: z.string(),
    force: z.boolean(),
    'force-base': z.boolean(),
    'force-units': z.boolean(),
    'resource-ids': z.record(z.string(), z.string()).optional(),
    'endpoint-bindings': z.record(z.string(), z.string()).optional(),
  }),
  result: nothing,
})
