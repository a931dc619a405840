import {z} from 'zod'
import {defineCall} from './call.ts'
import {charmOrigin, sentCharmOrigin} from './charm-origin.ts'
import {base, goAny, goAnyField, goBool, goList, goMap, goPointer, goString, maybeError} from './common.ts'

/** Juju 3.1 begins with 5, 3.3 and all of 4.x have 7. */
const versions = [5, 6, 7]

const relation = z.object({name: goString, role: goString, interface: goString, optional: goBool, scope: goString})

const meta = z.object({
  name: z.string(),
  summary: goString,
  subordinate: goBool,
  provides: goMap(relation),
  requires: goMap(relation),
  peers: goMap(relation),
  resources: goMap(z.object({name: goString, type: goString, path: goString, description: goString})),
})

/** A charm of the model by its URL; `actions.specs.*.params` is a JSON schema. */
export const charmInfo = defineCall({
  facade: 'Charms',
  versions,
  method: 'CharmInfo',
  needs: 'read',
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

/** Asks Charmhub, through the controller, what a reference stands for. The capital R is Juju's. */
export const resolveCharms = defineCall({
  facade: 'Charms',
  versions,
  method: 'ResolveCharms',
  needs: 'read',
  params: z.object({
    resolve: z.array(
      z.object({reference: z.string(), 'charm-origin': sentCharmOrigin, 'switch-charm': z.boolean().optional()}),
    ),
  }),
  result: z.object({
    Results: goList(
      z.object({
        url: goString,
        'charm-origin': charmOrigin,
        /** version 7 */
        'supported-bases': goList(base),
        /** versions 5 and 6 (Juju 3.1 and 3.2) name bases by series, for example `jammy` */
        'supported-series': goList(z.string()),
        error: maybeError,
      }),
    ),
  }),
})

/** Puts a charm of Charmhub into the model; again changes nothing. */
export const addCharm = defineCall({
  facade: 'Charms',
  versions,
  method: 'AddCharm',
  needs: 'write',
  params: z.object({url: z.string(), 'charm-origin': sentCharmOrigin, force: z.boolean()}),
  result: z.object({'charm-origin': charmOrigin, error: maybeError}),
})

/** Where the file of a charm of Charmhub lies. An unknown charm fails the whole call. */
export const getDownloadInfos = defineCall({
  facade: 'Charms',
  versions,
  method: 'GetDownloadInfos',
  needs: 'read',
  params: z.object({entities: z.array(z.object({'charm-url': z.string(), 'charm-origin': sentCharmOrigin}))}),
  result: z.object({results: goList(z.object({url: goString, 'charm-origin': charmOrigin}))}),
})
