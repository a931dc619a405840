import {readFile} from 'node:fs/promises'
import path from 'node:path'

import type {Cluster, Context, User} from '@kubernetes/client-node/dist/config_types.js'

import {KubeconfigInvalid} from './connection.ts'

/** The part of a user that client-node does not hand on. */
export interface UserExtras {
  /** Of `tokenFile`; client-node would read it once and never again. */
  readonly tokenFile?: string
  readonly actsAs: readonly string[]
}

/** The three entries that a context stands for. File names in them are absolute. */
export interface SelectedContext {
  readonly context: Context
  readonly cluster: Cluster
  readonly user: User & UserExtras
}

interface RawEntry {
  readonly name?: string
  readonly [section: string]: unknown
}

interface RawConfig {
  readonly 'current-context'?: string
  readonly clusters?: readonly RawEntry[]
  readonly users?: readonly RawEntry[]
  readonly contexts?: readonly RawEntry[]
}

type Section = 'clusters' | 'users' | 'contexts'

/**
 * Reads kubeconfig files and picks a context. As kubectl does: of several entries with one name, and of several current
 * contexts, the first file's wins; a listed file that does not exist is passed over, unless it is the only one.
 *
 * @param contextName absent: the current context
 * @throws KubeconfigInvalid
 */
export async function readKubeconfig(files: readonly string[], contextName?: string): Promise<SelectedContext> {
  const configs = await Promise.all(files.map(file => readConfig(file, files.length === 1)))
  const present = configs.filter(config => config !== undefined)
  if (present.length === 0) throw new KubeconfigInvalid(`no kubeconfig found: ${files.join(', ')}`)
  return select(present, contextName)
}

async function readConfig(file: string, required: boolean): Promise<RawConfig | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new KubeconfigInvalid(`kubeconfig ${file} cannot be read: ${messageOf(error)}`, {cause: error})
  }
  const {parse} = await import('yaml')
  try {
    return withAbsolutePaths((parse(text) ?? {}) as RawConfig, path.dirname(path.resolve(file)))
  } catch {
    // The parser's message quotes the file, and a kubeconfig may hold keys.
    throw new KubeconfigInvalid(`kubeconfig ${file} is not YAML`)
  }
}

const pathFields: Readonly<Record<string, readonly string[]>> = {
  cluster: ['certificate-authority'],
  user: ['client-certificate', 'client-key', 'tokenFile'],
}

/** File names are relative to the file that they stand in. */
function withAbsolutePaths(config: RawConfig, directory: string): RawConfig {
  const absolute = (entry: RawEntry, kind: 'cluster' | 'user'): RawEntry => {
    const section = {...(entry[kind] as Record<string, unknown> | undefined)}
    for (const field of pathFields[kind] ?? [])
      if (typeof section[field] === 'string' && section[field] !== '')
        section[field] = path.resolve(directory, section[field])
    const exec = section['exec'] as {command?: string} | undefined
    // Only a command with a slash is a path; others are looked up in $PATH.
    if (exec?.command?.includes('/') === true)
      section['exec'] = {...exec, command: path.resolve(directory, exec.command)}
    return {...entry, [kind]: section}
  }
  return {
    ...config,
    clusters: (config.clusters ?? []).map(entry => absolute(entry, 'cluster')),
    users: (config.users ?? []).map(entry => absolute(entry, 'user')),
  }
}

async function select(configs: readonly RawConfig[], contextName: string | undefined): Promise<SelectedContext> {
  const {newClusters, newContexts, newUsers} = await import('@kubernetes/client-node/dist/config_types.js')
  const wanted = contextName ?? firstCurrentContext(configs)
  const [context] = checked(() => newContexts([find(configs, 'contexts', wanted)]))
  if (context === undefined) throw new KubeconfigInvalid(`the kubeconfig has no context "${wanted}"`)
  const [cluster] = checked(() => newClusters([find(configs, 'clusters', context.cluster)]))
  if (cluster === undefined) throw new KubeconfigInvalid(`the kubeconfig has no cluster "${context.cluster}"`)
  return {context, cluster, user: selectUser(configs, context.user, newUsers)}
}

function selectUser(
  configs: readonly RawConfig[],
  name: string | undefined,
  newUsers: (raw: unknown) => User[],
): SelectedContext['user'] {
  const entry = name ? find(configs, 'users', name) : {name: 'nobody', user: {}}
  const raw = (entry['user'] ?? {}) as Record<string, unknown>
  const {tokenFile, ...others} = raw
  const [user] = checked(() => newUsers([{...entry, user: others}]))
  if (user === undefined) throw new KubeconfigInvalid(`the kubeconfig has no user "${name}"`)
  const actsAs = ['as-groups', 'as-uid', 'as-user-extra'].filter(field => raw[field] !== undefined)
  return {...user, actsAs, ...(typeof tokenFile === 'string' && tokenFile !== '' ? {tokenFile} : {})}
}

function firstCurrentContext(configs: readonly RawConfig[]): string {
  const name = configs.map(config => config['current-context']).find(current => current)
  if (name === undefined)
    throw new KubeconfigInvalid('the kubeconfig has no current-context; set one, or name a context with --context')
  return name
}

/** @throws KubeconfigInvalid when there is no such entry */
function find(configs: readonly RawConfig[], section: Section, name: string): RawEntry {
  for (const config of configs) {
    const entry = config[section]?.find(candidate => candidate.name === name)
    if (entry !== undefined) return entry
  }
  throw new KubeconfigInvalid(`the kubeconfig has no ${section.slice(0, -1)} "${name}"`)
}

/** client-node says what is missing with a plain Error. */
function checked<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new KubeconfigInvalid(`the kubeconfig is incomplete: ${messageOf(error)}`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error'
}
