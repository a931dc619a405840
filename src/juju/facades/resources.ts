import {z} from 'zod'
import {defineCall} from './call.ts'
import {sentCharmOrigin} from './charm-origin.ts'
import {entities, goInt, goList, goMap, goString, goTime, maybeError} from './common.ts'

const versions = [3]

// Go's `[]byte` travels as base64 text.
const storeResource = {
  name: z.string(),
  type: goString,
  path: goString,
  description: goString,
  origin: goString,
  revision: goInt,
  fingerprint: goString,
  size: goInt,
}

const resource = z.object({
  ...storeResource,
  id: goString,
  'pending-id': goString,
  application: goString,
  username: goString,
  timestamp: goTime,
})

/** The resources of applications, what the charm store has for them now, and what each unit runs with. */
export const listResources = defineCall({
  facade: 'Resources',
  versions,
  method: 'ListResources',
  needs: 'login',
  params: entities,
  result: z.object({
    results: goList(
      z.object({
        resources: goList(resource),
        'charm-store-resources': goList(z.object(storeResource)),
        'unit-resources': goList(
          z.object({tag: goString, resources: goList(resource), 'download-progress': goMap(z.int())}),
        ),
        error: maybeError,
      }),
    ),
  }),
})

/**
 * Announces resources for the next SetCharm, which takes them over by their pending ids (3.x); 4.x gives them to an application
 * that exists at once. `pending-ids` come in the order of the request.
 */
export const addPendingResources = defineCall({
  facade: 'Resources',
  versions,
  method: 'AddPendingResources',
  needs: 'write',
  params: z.object({
    tag: z.string(),
    url: z.string(),
    'charm-origin': sentCharmOrigin,
    macaroon: z.null(),
    resources: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        path: z.string(),
        description: z.string().optional(),
        origin: z.string(),
        revision: z.int(),
        fingerprint: z.string(),
        size: z.int(),
      }),
    ),
  }),
  result: z.object({'pending-ids': goList(z.string()), error: maybeError}),
})
