import {z} from 'zod'
import {base, goPointer, goString} from './common.ts'

/** Where a charm comes from, as Juju tells it. `hash`, `revision`, `track` and `branch` may be absent or null. */
export const charmOrigin = z.object({
  source: goString,
  type: goString,
  id: goString,
  hash: goString,
  risk: goString,
  revision: goPointer(z.int()),
  track: goPointer(z.string()),
  branch: goPointer(z.string()),
  architecture: goString,
  base: goPointer(base),
  'instance-key': goString,
})

/** The same as it is sent. For a charm of Charmhub, `id` and `hash` are both there or both empty. */
export const sentCharmOrigin = z.object({
  source: z.string(),
  type: z.string(),
  id: z.string(),
  hash: z.string().optional(),
  risk: z.string().optional(),
  revision: z.int().optional(),
  track: z.string().nullish(),
  branch: z.string().nullish(),
  architecture: z.string().optional(),
  base: z.object({name: z.string(), channel: z.string()}).optional(),
  'instance-key': z.string().optional(),
})

export type WireCharmOrigin = z.output<typeof charmOrigin>
export type SentCharmOrigin = z.input<typeof sentCharmOrigin>
