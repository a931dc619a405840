import {
  createSecret as sendSecret,
  grantSecret as sendGrant,
  updateSecret as sendUpdate,
  type SecretContent,
  type SecretName,
} from '../secrets.ts'
import {defineWrite, unknown} from './write.ts'

export interface CreateSecretTarget {
  /** what a second attempt is told by: Juju refuses a label that is taken (`already exists`) */
  readonly label: string
  readonly description: string
  readonly content: SecretContent
}

/** Makes a secret, at most one of a label. The result is its URI; who did not learn it names the secret by its label. */
export const createSecret = defineWrite({
  name: 'create secret',
  repeat: 'Harmless',
  application: () => undefined,
  before: () => Promise.resolve({}),
  send: (caller, target: CreateSecretTarget, options): Promise<string> => sendSecret(caller, target, options),
  read: () => Promise.resolve({}),
  proves: ({target}) => unknown(`send it again: Juju refuses the label ${target.label} if it is taken`),
})

export interface UpdateSecretTarget {
  readonly secret: SecretName
  readonly content: SecretContent
}

/** Gives a secret this content; the same again makes no new revision. */
export const updateSecret = defineWrite({
  name: 'update secret',
  repeat: 'Harmless',
  application: () => undefined,
  before: () => Promise.resolve({}),
  send: (caller, {secret, content}: UpdateSecretTarget, options): Promise<void> =>
    sendUpdate(caller, secret, content, options),
  read: () => Promise.resolve({}),
  proves: () => unknown('Juju shows the content of a secret to admins only; the same again does no harm'),
})

/** Lets applications read a secret; again changes nothing. */
export const grantSecret = defineWrite({
  name: 'grant secret',
  repeat: 'Harmless',
  application: () => undefined,
  before: () => Promise.resolve({}),
  send: (caller, target: SecretName & {readonly applications: readonly string[]}, options): Promise<void> =>
    sendGrant(caller, target, options),
  read: () => Promise.resolve({}),
  proves: () => unknown('Juju does not tell who may read a secret; the same again does no harm'),
})
