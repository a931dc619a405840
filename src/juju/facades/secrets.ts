import {z} from 'zod'
import {defineCall} from './call.ts'
import {errorResults, goList, goString, maybeError} from './common.ts'

/** Secrets that users make came with version 2, in Juju 3.3. */
const versions = [2]

/** Values are base64. */
const content = z.object({data: z.record(z.string(), z.string()).optional()})

/**
 * Secrets of the model, those that charms made among them. Their contents are for admins only, and are never asked for.
 *
 * Version 1 lists those of charms only.
 */
export const listSecrets = defineCall({
  facade: 'Secrets',
  versions,
  method: 'ListSecrets',
  needs: 'read',
  params: z.object({
    /** never true */
    'show-secrets': z.boolean(),
    filter: z.object({label: z.string().optional()}),
  }),
  result: z.object({
    results: goList(
      z.object({
        uri: z.string(),
        /** `model-<uuid>`, or the tag of an application or unit */
        'owner-tag': goString,
        label: goString,
        description: goString,
      }),
    ),
  }),
})

/** Makes secrets that belong to the model. A label that is taken is refused with `already exists`. */
export const createSecrets = defineCall({
  facade: 'Secrets',
  versions,
  method: 'CreateSecrets',
  needs: 'write',
  params: z.object({
    args: z.array(
      z.object({
        /** empty for the model; 4.x takes nothing else but the bare UUID */
        'owner-tag': z.string(),
        label: z.string().optional(),
        description: z.string().optional(),
        content,
      }),
    ),
  }),
  result: z.object({results: goList(z.object({result: goString, error: maybeError}))}),
})

/** Writes a new revision of a secret, which is found by its URI or by `existing-label`. */
export const updateSecrets = defineCall({
  facade: 'Secrets',
  versions,
  method: 'UpdateSecrets',
  needs: 'write',
  params: z.object({
    args: z.array(
      z.object({
        uri: z.string(),
        'existing-label': z.string(),
        label: z.string().optional(),
        description: z.string().optional(),
        'auto-prune': z.boolean().optional(),
        content,
      }),
    ),
  }),
  result: errorResults,
})

/** Lets applications read a secret; again changes nothing. One result per application. */
export const grantSecret = defineCall({
  facade: 'Secrets',
  versions,
  method: 'GrantSecret',
  needs: 'write',
  params: z.object({uri: z.string(), label: z.string(), applications: z.array(z.string())}),
  result: errorResults,
})
