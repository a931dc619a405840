import {z} from 'zod'
import {defineCall} from './call.ts'
import {goAny, goAnyField, goList, goPointer, goString, goTime, noParams, servers} from './common.ts'

const userInfo = z.object({
  'display-name': goString,
  identity: z.string(),
  'last-connection': goTime,
  'controller-access': goString,
  'model-access': goString,
})

/** Success, or (external users) a demand for a macaroon discharge, which has no `facades`. */
export const loginResult = z.object({
  'controller-tag': goString,
  'model-tag': goString,
  'server-version': goString,
  'public-dns-name': goString,
  servers,
  facades: goList(z.object({name: z.string(), versions: goList(z.int())})),
  'user-info': goPointer(userInfo),
  'discharge-required': goAnyField,
  'bakery-discharge-required': goAnyField,
  'discharge-required-error': goString,
})

/** User and password. `cli-args` is what Juju's audit log shows. */
export const login = defineCall({
  facade: 'Admin',
  versions: [3],
  method: 'Login',
  needs: 'login',
  params: z.object({
    'auth-tag': z.string(),
    credentials: z.string(),
    nonce: z.string(),
    macaroons: z.array(z.array(goAny)),
    'client-version': z.string(),
    'user-data': z.string(),
    'cli-args': z.string(),
  }),
  result: loginResult,
})

/** A service account of JAAS (JIMM); Juju's own controllers do not have this method. */
export const loginWithClientCredentials = defineCall({
  facade: 'Admin',
  versions: [4],
  method: 'LoginWithClientCredentials',
  needs: 'login',
  params: z.object({'client-id': z.string(), 'client-secret': z.string()}),
  result: loginResult,
})

/** A session token of JAAS (JIMM), as its device login hands out; not a method of Juju's own controllers. */
export const loginWithSessionToken = defineCall({
  facade: 'Admin',
  versions: [4],
  method: 'LoginWithSessionToken',
  needs: 'login',
  params: z.object({'session-token': z.string()}),
  result: loginResult,
})

/** Where to go instead, asked on the socket whose login said `redirection required` without saying where. */
export const redirectInfo = defineCall({
  facade: 'Admin',
  versions: [3],
  method: 'RedirectInfo',
  needs: 'login',
  params: noParams,
  result: z.object({servers, 'ca-cert': goString}),
})

/** `error-info` of a login that was refused because the model lives on another controller now. */
export const migrationInfo = z.object({
  servers,
  'ca-cert': goString,
  'controller-tag': goString,
  'controller-alias': goString,
})
