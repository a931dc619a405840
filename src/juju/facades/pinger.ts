import {defineCall} from './call.ts'
import {noParams, nothing} from './common.ts'

/** Keeps the connection: JAAS closes one that is silent for 90 s. */
export const ping = defineCall({
  facade: 'Pinger',
  versions: [1],
  method: 'Ping',
  needs: 'login',
  params: noParams,
  result: nothing,
})
