import {z} from 'zod'
import {defineCall} from './call.ts'
import {entities, goBool, goList, goPointer, goString, goTime, maybeError} from './common.ts'

/** Versions 9 and 10 are Juju 3's, 11 is Juju 4's. */
const versions = [9, 10, 11]

const model = {
  name: z.string(),
  uuid: z.string(),
  type: goString,
  'controller-uuid': goString,
  'is-controller': goBool,
  'cloud-tag': goString,
  'cloud-region': goString,
  'provider-type': goString,
  life: goString,
  'agent-version': goString,
  /** a migration of the model to another controller, under way or the last one that failed */
  migration: goPointer(z.object({status: goString, start: goTime, end: goTime})),
  /** versions 9 and 10; 4.x writes `user-<qualifier>` there */
  'owner-tag': goString,
  /** version 11 */
  qualifier: goString,
}

const summary = z.object({...model, 'user-access': goString, 'last-connection': goTime})

/** Models that a user can see; `all` is for controller superusers. */
export const listModelSummaries = defineCall({
  facade: 'ModelManager',
  versions,
  method: 'ListModelSummaries',
  needs: 'login',
  params: z.object({'user-tag': z.string(), all: z.boolean().optional()}),
  result: z.object({results: goList(z.object({result: goPointer(summary), error: maybeError}))}),
})

const modelUser = z.object({user: goString, 'display-name': goString, access: goString, 'last-connection': goTime})

/** Models by tag. Who is no admin of a model sees only their own row of `users`. */
export const modelInfo = defineCall({
  facade: 'ModelManager',
  versions,
  method: 'ModelInfo',
  needs: 'read',
  params: entities,
  result: z.object({
    results: goList(z.object({result: goPointer(z.object({...model, users: goList(modelUser)})), error: maybeError})),
  }),
})
