import {z} from 'zod'
import {defineCall} from './call.ts'
import {goList, goString, noParams, nothing} from './common.ts'

const versions = [1]

/** Answers when there is something new; the watcher's id travels beside the params, as `id` of the frame. */
export const next = defineCall({
  facade: 'StringsWatcher',
  versions,
  method: 'Next',
  needs: 'login',
  params: noParams,
  result: z.object({'watcher-id': goString, changes: goList(z.string())}),
})

export const stop = defineCall({
  facade: 'StringsWatcher',
  versions,
  method: 'Stop',
  needs: 'login',
  params: noParams,
  result: nothing,
})
