import {z} from 'zod'
import {defineCall} from './call.ts'
import {base, goAny, goBool, goInt, goList, goMap, goPointer, goString, goTime, maybeError} from './common.ts'

export const detailedStatus = z.object({
  status: goString,
  info: goString,
  data: goMap(goAny),
  since: goTime,
  kind: goString,
  version: goString,
  life: goString,
  err: maybeError,
})

const unitFields = {
  'agent-status': detailedStatus,
  'workload-status': detailedStatus,
  'workload-version': goString,
  machine: goString,
  'opened-ports': goList(z.string()),
  'public-address': goString,
  charm: goString,
  leader: goBool,
  'provider-id': goString,
  address: goString,
}

// A subordinate has no subordinates of its own, so the recursion of Juju's schema ends here.
const subordinateUnit = z.object(unitFields)

/** `charm` is set only while it differs from the application's (3.x); on 4.x it is always empty, which proves nothing. */
export const unitStatus = z.object({...unitFields, subordinates: goMap(subordinateUnit)})

export const applicationStatus = z.object({
  err: maybeError,
  charm: goString,
  'charm-version': goString,
  'charm-channel': goString,
  'charm-rev': goInt,
  'charm-profile': goString,
  base: goPointer(base),
  'can-upgrade-to': goString,
  exposed: goBool,
  life: goString,
  relations: goMap(goList(z.string())),
  'subordinate-to': goList(z.string()),
  units: goMap(unitStatus),
  status: detailedStatus,
  'workload-version': goString,
  'endpoint-bindings': goMap(z.string()),
  'provider-id': goString,
  'public-address': goString,
  /** wanted scale on Kubernetes; the key really is `int` */
  int: z.int().nullish(),
})

export const relationStatus = z.object({
  id: z.int(),
  key: goString,
  interface: goString,
  scope: goString,
  endpoints: goList(z.object({application: goString, name: goString, role: goString, subordinate: goBool})),
  status: detailedStatus,
})

/** The model and its applications; `patterns` are names of applications or units, none = all. */
export const fullStatus = defineCall({
  facade: 'Client',
  versions: [6, 7, 8],
  method: 'FullStatus',
  needs: 'read',
  params: z.object({patterns: z.array(z.string()), 'include-storage': z.boolean().optional()}),
  result: z.object({
    model: z.object({
      name: z.string(),
      type: goString,
      'cloud-tag': goString,
      region: goString,
      version: goString,
      'available-version': goString,
      'model-status': detailedStatus,
    }),
    machines: goMap(goAny),
    applications: goMap(applicationStatus),
    'remote-applications': goMap(goAny),
    offers: goMap(goAny),
    relations: goList(relationStatus),
    'controller-timestamp': goTime,
    branches: goMap(goAny),
  }),
})
