import {
  createSecret as sendSecret,
  findSecret,
  grantSecret as sendGrant,
  updateSecret as sendUpdate,
  type FoundSecret,
  type SecretContent,
  type SecretName,
} from '../secrets.ts'
import {defineWrite, didNotHappen, happened, unknown} from './write.ts'

export interface CreateSecretTarget {
  /** what it is found by, not empty; Juju refuses a label that is taken (`already exists`) */
  readonly label: string
  readonly description: string
  /** needed to send, not to look up: what a controller records of its intent is without it */
  readonly content?: SecretContent
}

/** Secrets of the label. */
type Labelled = readonly FoundSecret[]

/**
 * Makes a secret, at most one of a label; the result is its URI. One of that label that was there before is not ours. To send it
 * without a label or without content is a RangeError: the one could not be looked up, the other is not recorded.
 */
export const createSecret = defineWrite({
  name: 'create secret',
  repeat: 'Harmless',
  application: () => undefined,
  before: (caller, {label}: CreateSecretTarget, options): Promise<Labelled> => findSecret(caller, label, options),
  send: async (caller, {label, description, content}, options): Promise<string> => {
    if (label === '') throw new RangeError('a secret without a label could not be looked up')
    return sendSecret(caller, {label, description, content: given(content)}, options)
  },
  read: (caller, {target}, _status, options): Promise<Labelled> => findSecret(caller, target.label, options),
  proves: ({target, before}, seen) => {
    const made = seen.filter(({uri}) => before.every(old => old.uri !== uri))
    const [only, ...others] = made
    if (only === undefined) return didNotHappen
    if (others.length > 0) return {kind: 'Ambiguous', ids: made.map(({uri}) => uri)}
    if (only.description === target.description) return happened(only.uri)
    return unknown(`${only.uri} has the label ${target.label}, but another description: somebody else made it`)
  },
})

export interface UpdateSecretTarget {
  readonly secret: SecretName
  /** needed to send, not to look up: what a controller records of its intent is without it */
  readonly content?: SecretContent
}

/** Gives a secret this content; the same again makes no new revision. */
export const updateSecret = defineWrite({
  name: 'update secret',
  repeat: 'Harmless',
  application: () => undefined,
  before: () => Promise.resolve({}),
  send: async (caller, {secret, content}: UpdateSecretTarget, options): Promise<void> =>
    sendUpdate(caller, secret, given(content), options),
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

/** @throws RangeError for that of an intent that was read back; nothing is sent then */
function given(content: SecretContent | undefined): SecretContent {
  if (content === undefined) throw new RangeError('a secret cannot be sent without its content')
  return content
}
