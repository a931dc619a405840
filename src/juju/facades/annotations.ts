import {z} from 'zod'
import {defineCall} from './call.ts'
import {entities, errorResults, goList, goMap, goString, maybeError} from './common.ts'

const versions = [2]

/** The item's error is wrapped once more than elsewhere: `{"error": {"error": {...}}}`, and `{}` means none. */
export const get = defineCall({
  facade: 'Annotations',
  versions,
  method: 'Get',
  needs: 'read',
  params: entities,
  result: z.object({
    results: goList(
      z.object({
        entity: goString,
        annotations: goMap(z.string()),
        error: z
          .object({error: maybeError})
          .nullish()
          .transform(wrapped => wrapped?.error),
      }),
    ),
  }),
})

/** An empty value removes the key; a key must not hold a period. `results` lists errors only: it is not aligned with the request. */
export const set = defineCall({
  facade: 'Annotations',
  versions,
  method: 'Set',
  needs: 'write',
  params: z.object({
    annotations: z.array(z.object({entity: z.string(), annotations: z.record(z.string(), z.string())})),
  }),
  result: errorResults,
})
