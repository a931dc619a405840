import {z} from 'zod'
import {defineCall} from './call.ts'
import {goAny, goAnyField, goBool, goList, goMap, goPointer, goString} from './common.ts'

const relation = z.object({name: goString, role: goString, interface: goString, optional: goBool, scope: goString})

const meta = z.object({
  name: z.string(),
  summary: goString,
  subordinate: goBool,
  provides: goMap(relation),
  requires: goMap(relation),
  peers: goMap(relation),
})

/** A charm of the model by its URL; `actions.specs.*.params` is a JSON schema. */
export const charmInfo = defineCall({
  facade: 'Charms',
  versions: [5, 6, 7],
  method: 'CharmInfo',
  params: z.object({url: z.string()}),
  result: z.object({
    url: z.string(),
    revision: z.int(),
    config: goMap(z.object({type: goString, description: goString, default: goAnyField})),
    meta: goPointer(meta),
    actions: goPointer(
      z.object({
        specs: goMap(
          z.object({description: goString, params: goMap(goAny), parallel: goBool, 'execution-group': goString}),
        ),
      }),
    ),
    manifest: goPointer(
      z.object({bases: goList(z.object({name: goString, channel: goString, architectures: goList(z.string())}))}),
    ),
  }),
})
