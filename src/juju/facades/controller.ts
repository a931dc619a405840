import {z} from 'zod'
import {defineCall} from './call.ts'
import {goString, noParams} from './common.ts'

export const controllerVersion = defineCall({
  facade: 'Controller',
  versions: [11, 12, 13, 14],
  method: 'ControllerVersion',
  needs: 'login',
  params: noParams,
  result: z.object({version: z.string(), 'git-commit': goString}),
})
