import {z} from 'zod'
import {applicationVersions} from './application.ts'
import {defineCall} from './call.ts'
import {goList, goPointer, maybeError} from './common.ts'

/** Adds units on machines; a Kubernetes model refuses it with `not supported`. Not idempotent. */
export const addUnits = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'AddUnits',
  needs: 'write',
  params: z.object({
    application: z.string(),
    'num-units': z.int(),
    placement: z.array(z.object({scope: z.string(), directive: z.string()})),
  }),
  result: z.object({units: goList(z.string())}),
})

/** Sets the number of units on Kubernetes; a machine model refuses it with `not supported`. */
export const scaleApplications = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'ScaleApplications',
  needs: 'write',
  params: z.object({
    applications: z.array(z.object({'application-tag': z.string(), scale: z.int(), force: z.boolean()})),
  }),
  result: z.object({
    results: goList(z.object({info: goPointer(z.object({'num-units': z.int()})), error: maybeError})),
  }),
})
