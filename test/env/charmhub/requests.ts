import {z} from 'zod'

const base = z.object({architecture: z.string(), name: z.string(), channel: z.string()})

/** One charm that Juju asks for. */
const action = z.object({
  action: z.enum(['install', 'download', 'refresh']),
  'instance-key': z.string(),
  id: z.string().optional(),
  name: z.string().optional(),
  channel: z.string().optional(),
  revision: z.int().optional(),
  base: base.nullish(),
  'resource-revisions': z.array(z.object({name: z.string(), revision: z.int()})).optional(),
})

/** What Juju says of a charm that it has. */
const context = z.object({
  'instance-key': z.string(),
  id: z.string(),
  revision: z.int(),
  base,
  'tracking-channel': z.string().optional(),
})

/** The body of `POST /v2/charms/refresh`, as Juju sends it (internal/charmhub/transport in its source). */
export const refreshRequest = z.object({context: z.array(context), actions: z.array(action)})
export type RefreshAction = z.output<typeof action>
export type RefreshContext = z.output<typeof context>
export type Base = z.output<typeof base>
