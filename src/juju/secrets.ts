import {concealing} from './conceal.ts'
import type {CallOptions, Caller} from './connection.ts'
import {UnexpectedReply} from './errors.ts'
import {nameOf} from './facades/call.ts'
import {createSecrets, grantSecret as grantCall, listSecrets, updateSecrets} from './facades/secrets.ts'
import {itemErrorOf, onlyItem} from './item-errors.ts'

/** How a secret of the model is found: by URI (`secret:...`), or by the label that it was made with. */
export type SecretName = {readonly uri: string} | {readonly label: string}

/** Keys and their values, in clear; they travel as base64. */
export type SecretContent = Readonly<Record<string, string>>

/** A secret of the model as Juju lists it. */
export interface FoundSecret {
  readonly uri: string
  readonly description: string
}

/**
 * The secrets of the model with this label: one at most, as long as Juju keeps labels apart. Those of charms, which may have the
 * same label, are none of them. Contents are not asked for.
 *
 * @throws JujuError `unauthorized access` without read access; Unsupported before 3.3
 */
export async function findSecret(
  caller: Caller,
  label: string,
  options?: CallOptions,
): Promise<readonly FoundSecret[]> {
  const {results} = await caller.call(listSecrets, {'show-secrets': false, filter: {label}}, options)
  const ours = results.filter(secret => secret.label === label && !/^(application|unit)-/.test(secret['owner-tag']))
  return ours.map(({uri, description}) => ({uri, description}))
}

/**
 * Makes a secret of the model, which applications read by its URI once they are granted it. Juju 3.3 and newer.
 *
 * @returns its URI
 * @throws JujuError `already exists` when the label is taken, `unauthorized access` without write access; Unsupported before 3.3
 */
export async function createSecret(
  caller: Caller,
  {label, description, content}: {label: string; description: string; content: SecretContent},
  options?: CallOptions,
): Promise<string> {
  return concealing(spellings(content), async () => {
    const args = [{'owner-tag': '', label, description, content: {data: encoded(content)}}]
    const reply = await caller.call(createSecrets, {args}, options)
    const {result} = onlyItem(createSecrets, reply.results)
    if (result === '') throw new UnexpectedReply(nameOf(createSecrets), 'no URI')
    return result
  })
}

/**
 * Gives a secret a new revision with this content. The same content again makes no new revision.
 *
 * @throws JujuError for an unknown secret (`isNotFound`), `unauthorized access` without write access; Unsupported before 3.3
 */
export async function updateSecret(
  caller: Caller,
  secret: SecretName,
  content: SecretContent,
  options?: CallOptions,
): Promise<void> {
  const {uri, label} = wireOf(secret)
  await concealing(spellings(content), async () => {
    const args = [{uri, 'existing-label': label, content: {data: encoded(content)}}]
    const reply = await caller.call(updateSecrets, {args}, options)
    onlyItem(updateSecrets, reply.results)
  })
}

/**
 * Lets applications read a secret. Again changes nothing.
 *
 * @throws JujuError for an unknown secret or application (`isNotFound`), `unauthorized access` without write access; Unsupported before 3.3
 */
export async function grantSecret(
  caller: Caller,
  {applications, ...secret}: SecretName & {applications: readonly string[]},
  options?: CallOptions,
): Promise<void> {
  const reply = await caller.call(grantCall, {...wireOf(secret), applications: [...applications]}, options)
  const fault = reply.results.map(({error}) => itemErrorOf(grantCall, error)).find(error => error !== undefined)
  if (fault !== undefined) throw fault
}

function wireOf(secret: SecretName): {uri: string; label: string} {
  return {uri: 'uri' in secret ? secret.uri : '', label: 'label' in secret ? secret.label : ''}
}

function encoded(content: SecretContent): Record<string, string> {
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, base64(value)]))
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

function spellings(content: SecretContent): readonly string[] {
  return Object.values(content).flatMap(value => [value, base64(value)])
}
