import {z} from 'zod'
import {applicationVersions} from './application.ts'
import {defineCall} from './call.ts'
import {goList, goPointer, maybeError} from './common.ts'

const stored = goList(z.object({tag: z.string()}))

/** Removes units on machines; a Kubernetes model refuses it with `not supported`. Only a restore may ask for it. */
export const destroyUnit = defineCall({
  facade: 'Application',
  versions: applicationVersions,
  method: 'DestroyUnit',
  needs: 'write',
  params: z.object({
    units: z.array(z.object({'unit-tag': z.string(), 'destroy-storage': z.boolean(), force: z.boolean()})),
  }),
  result: z.object({
    results: goList(
      z.object({
        info: goPointer(z.object({'destroyed-storage': stored, 'detached-storage': stored})),
        error: maybeError,
      }),
    ),
  }),
})
