import {z} from 'zod'
import {defineCall} from './call.ts'
import {goBool, goList, goPointer, goString, goTime, maybeError} from './common.ts'

const summary = z.object({
  name: z.string(),
  uuid: z.string(),
  type: goString,
  'controller-uuid': goString,
  'is-controller': goBool,
  'cloud-tag': goString,
  'cloud-region': goString,
  'provider-type': goString,
  life: goString,
  'user-access': goString,
  'last-connection': goTime,
  'agent-version': goString,
  /** versions 9 and 10 (Juju 3) */
  'owner-tag': goString,
  /** version 11 (Juju 4) */
  qualifier: goString,
})

/** Models that a user can see; `all` is for controller superusers. */
export const listModelSummaries = defineCall({
  facade: 'ModelManager',
  versions: [9, 10, 11],
  method: 'ListModelSummaries',
  params: z.object({'user-tag': z.string(), all: z.boolean().optional()}),
  result: z.object({results: goList(z.object({result: goPointer(summary), error: maybeError}))}),
})
