import {createHash} from 'node:crypto'
import {goTime} from '../go.ts'
import {denied, JujuFault, notFound} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import type {Quirks} from '../quirks.ts'
import type {Model} from '../world/model.ts'
import type {Secret, SecretChange} from '../world/secrets.ts'
import {listOf} from './arguments.ts'
import {item} from './lookup.ts'

/** User secrets. Version 1 only lists them. */
export const secrets: Facade = {
  ListSecrets: {need: 'read', goParams: 'ListSecretsArgs', runOnModel: listSecrets},
  CreateSecrets: {need: 'write', writes: true, since: 2, goParams: 'CreateSecretArgs', runOnModel: createSecrets},
  UpdateSecrets: {need: 'write', writes: true, since: 2, goParams: 'UpdateUserSecretArgs', runOnModel: updateSecrets},
  RemoveSecrets: {need: 'write', writes: true, since: 2, goParams: 'DeleteSecretArgs', runOnModel: removeSecrets},
  GrantSecret: {
    need: 'write',
    writes: true,
    since: 2,
    goParams: 'GrantRevokeUserSecretArg',
    runOnModel: (context, params) => changeGrant(context, params, (granted, name) => granted.add(name)),
  },
  RevokeSecret: {
    need: 'write',
    writes: true,
    since: 2,
    goParams: 'GrantRevokeUserSecretArg',
    runOnModel: (context, params) => changeGrant(context, params, (granted, name) => granted.delete(name)),
  },
}

interface Upsert {
  readonly 'owner-tag'?: string
  readonly uri?: string
  readonly 'existing-label'?: string
  readonly label?: string
  readonly description?: string
  readonly content?: {readonly data?: Readonly<Record<string, string>> | null}
}

function createSecrets({model, world}: ModelContext, params: Params): object {
  const results = listOf<Upsert>(params, 'args').map(wanted => {
    const created = item(() => {
      const owner = wanted['owner-tag'] ?? ''
      if (owner !== '' && owner !== model.uuid) throw new JujuFault(`owner tag "${owner}" not valid`, 'not valid')
      const change = changeOf(wanted)
      if (Object.keys(change.content ?? {}).length === 0)
        throw new JujuFault('empty secret value not valid', 'not valid')
      return {result: labelled(() => model.secrets.create(change, world.now())).uri}
    })
    return {result: '', ...created}
  })
  return {results}
}

function updateSecrets(context: ModelContext, params: Params): object {
  const {model, world} = context
  const results = listOf<Upsert>(params, 'args').map(wanted =>
    item(() => {
      const secret = secretOf(context, wanted.uri ?? '', wanted['existing-label'] ?? '', 'URI or label')
      labelled(() => model.secrets.update(secret, changeOf(wanted), world.now()))
      return {}
    }),
  )
  return {results}
}

function removeSecrets(context: ModelContext, params: Params): object {
  const results = listOf<{uri?: string; label?: string}>(params, 'args').map(({uri = '', label = ''}) =>
    item(() => {
      context.model.secrets.all.delete(secretOf(context, uri, label, 'URI or label').uri)
      return {}
    }),
  )
  return {results}
}

function changeGrant(
  context: ModelContext,
  params: Params,
  change: (granted: Set<string>, application: string) => void,
): object {
  const {model, world} = context
  const secret = secretOf(context, textOf(params, 'uri'), textOf(params, 'label'), 'URI or name')
  const results = listOf<string>(params, 'applications').map(name =>
    item(() => {
      if (!model.applications.has(name)) throw ungrantable(secret, name, world.quirks)
      change(secret.granted, name)
      return {}
    }),
  )
  return {results}
}

function ungrantable({uri}: Secret, application: string, {absenceLacksCode}: Quirks): JujuFault {
  const absent = `application "${application}" not found`
  if (absenceLacksCode) return new JujuFault(`cannot change access to "${uri}" for "${application}": ${absent}`)
  return notFound(absent)
}

function listSecrets(context: ModelContext, params: Params): object {
  const {model, world, user} = context
  const shows = params['show-secrets'] === true
  if (shows && world.accessOf(user, model) !== 'admin') throw denied()
  const {uri, label} = (params['filter'] ?? {}) as {uri?: string | null; label?: string | null}
  const found = [...model.secrets.all.values()].filter(
    secret => (uri ?? secret.uri) === secret.uri && (label ?? secret.label) === secret.label,
  )
  return {results: found.map(secret => secretShape(model, secret, shows))}
}

function secretShape(model: Model, {uri, label, description, revisions, granted}: Secret, shows: boolean): object {
  const newest = revisions.at(-1)
  const times = revisions.map(({created}) => goTime(created))
  return {
    uri,
    version: 1,
    'owner-tag': `model-${model.uuid}`,
    'latest-revision': revisions.length,
    'latest-revision-checksum': createHash('sha256').update(JSON.stringify(newest?.content)).digest('hex'),
    label,
    description,
    'create-time': times[0],
    'update-time': times.at(-1),
    revisions: times.map((time, index) => ({
      revision: index + 1,
      'create-time': time,
      'update-time': time,
      'backend-name': 'internal',
    })),
    access: [...granted].map(name => ({
      'target-tag': `application-${name}`,
      'scope-tag': `model-${model.uuid}`,
      role: 'view',
    })),
    ...(shows ? {value: {data: newest?.content ?? {}}} : {}),
  }
}

function changeOf({label, description, content}: Upsert): SecretChange {
  return {label, description, content: content?.data ?? undefined}
}

const secretURI = /^(?:secret:)?[0-9a-z]{20}$/

/** @throws JujuFault when there is no such secret, or nothing names one */
function secretOf({model, world}: ModelContext, uri: string, label: string, names: string): Secret {
  if (uri === '' && label === '') throw new JujuFault(`must specify either ${names}`)
  if (uri !== '' && !secretURI.test(uri)) throw new JujuFault(`secret URI "${uri}" not valid`, 'not valid')
  const found = uri === '' ? model.secrets.byLabel(label) : model.secrets.all.get(uri)
  if (found !== undefined) return found
  const code = world.quirks.secretsHaveOwnCode ? 'secret not found' : 'not found'
  if (uri === '')
    throw new JujuFault(`getting user secret for label "${label}": secret with label "${label}" not found`, code)
  throw new JujuFault(`secret "${uri.replace('secret:', '')}" not found`, code)
}

function labelled<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw new JujuFault(`${error.message} already exists`, 'already exists')
    throw error
  }
}
