/**
 * Flags and environment -> one frozen, checked Config.
 *
 * Each setting is one row of `settings`: its flag, its environment variable, its default, the help text and the check all
 * come from there. A flag wins over the environment; an empty environment variable counts as not set.
 */
import {parseArgs} from 'node:util'
import {z} from 'zod'
import {EndpointPolicy} from './net/endpoint-policy.ts'

/** Where a server listens; an empty host means all interfaces, port 0 any free port. */
export interface BindAddress {
  readonly host: string
  readonly port: number
}

/** The kinds that have workers of their own, with the number of objects that are worked on at the same time. */
export type Workers = Readonly<Record<WorkerKind, number>>
const defaultWorkers = {jujumodel: 4, backupstorage: 4, backupjob: 16, backupschedule: 16}
type WorkerKind = keyof typeof defaultWorkers

/** One setting. `expects` completes the sentence "write ...", and is all that a person needs to mend a wrong value. */
interface Setting<Value> {
  readonly help: string
  readonly placeholder: string
  readonly expects: string
  /** what would be written to get the default; absent = not set unless given */
  readonly fallback?: string
  readonly schema: z.ZodType<Value, string>
}

const bindAddress = z
  .string()
  .regex(/^(0|(\[[0-9a-fA-F:.]+\]|[^:[\]\s]*):\d{1,5})$/)
  .transform(text => (text === '0' ? undefined : parseBindAddress(text)))
  .refine(address => address === undefined || address.port <= 65535)

const onOff = z.enum(['true', 'false']).transform(text => text === 'true')
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const list = z.string().transform(text => text.split(',').map(entry => entry.trim()))
const resourceName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)

/** The settings by their name in Config; the flag is the same name in kebab-case. */
const settings = {
  kubeconfig: setting({
    help: 'kubeconfig file; without it $KUBECONFIG, ~/.kube/config, then the service account of the pod',
    placeholder: '<file>',
    expects: 'the path of a file',
    schema: z.string().min(1),
  }),
  context: setting({
    help: 'context of the kubeconfig; default its current context',
    placeholder: '<name>',
    expects: 'the name of a context',
    schema: z.string().min(1),
  }),
  namespaces: setting({
    help: 'work only on these namespaces, and need only Roles there; default all',
    placeholder: '<name,...>',
    expects: 'names of namespaces, separated by commas, such as team-a,team-b',
    schema: list.pipe(z.array(z.string().regex(dnsLabel)).min(1)),
  }),
  metricsBindAddress: setting({
    help: 'where /metrics is served; 0 = nowhere',
    placeholder: '<host:port>',
    expects: 'host:port, :port for all interfaces, or 0 for nowhere',
    fallback: ':8080',
    schema: bindAddress,
  }),
  healthBindAddress: setting({
    help: 'where /healthz and /readyz are served; 0 = nowhere',
    placeholder: '<host:port>',
    expects: 'host:port, :port for all interfaces, or 0 for nowhere',
    fallback: ':8081',
    schema: bindAddress,
  }),
  leaderElect: setting({
    help: 'work only while holding the Lease, so that several replicas are safe',
    placeholder: '<true|false>',
    expects: 'true or false',
    fallback: 'true',
    schema: onOff,
  }),
  leaseName: setting({
    help: 'name of the Lease; it is part of how this operator signs the Juju models that it works on',
    placeholder: '<name>',
    expects: 'a Kubernetes object name: lower case letters, digits, - and .',
    fallback: 'charmkeeper',
    schema: resourceName,
  }),
  leaseNamespace: setting({
    help: 'namespace of the Lease; default the namespace of the pod, else "default"',
    placeholder: '<name>',
    expects: 'the name of a namespace',
    schema: z.string().regex(dnsLabel),
  }),
  leaseIdentity: setting({
    help: 'who this process is in the Lease; started again under its name it leads at once, so no two processes may share one; default the host name and a random part',
    placeholder: '<name>',
    expects: 'at most 253 letters, digits, - _ and ., such as the name and the UID of the pod',
    schema: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/),
  }),
  workers: setting({
    help: `objects per kind that are worked on at the same time; kinds: ${Object.keys(defaultWorkers).join(', ')}`,
    placeholder: '<kind=number,...>',
    expects: 'kind=number pairs with numbers from 1 to 128, such as backupjob=8,jujumodel=2',
    fallback: Object.entries(defaultWorkers)
      .map(([kind, count]) => `${kind}=${count}`)
      .join(','),
    schema: list.transform(parseWorkers),
  }),
  kubeApiQps: setting({
    help: 'requests per second to the API server; 0 = no limit, the API server throttles by itself',
    placeholder: '<number>',
    expects: 'a number of requests per second, or 0 for no limit',
    fallback: '0',
    schema: z.coerce.number<string>().min(0).max(100_000),
  }),
  kubeApiBurst: setting({
    help: 'requests that may exceed --kube-api-qps for a moment; 0 = twice the qps',
    placeholder: '<number>',
    expects: 'a whole number of requests, or 0',
    fallback: '0',
    schema: z.coerce.number<string>().int().min(0).max(100_000),
  }),
  allowedEndpoints: setting({
    help: 'where specs may send the operator (Juju, S3): host patterns and CIDRs; default all but loopback, link-local and the API server',
    placeholder: '<entry,...>',
    expects: 'host patterns (db.example.com, *.example.com), addresses or CIDRs (10.0.0.0/8), separated by commas',
    schema: list.refine(isEndpointList),
  }),
  clusterId: setting({
    help: 'how Juju models name this cluster as their owner; default the UID of the namespace kube-system',
    placeholder: '<id>',
    expects: 'at most 63 letters, digits, - _ and ., such as prod-eu-1',
    schema: z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/),
  }),
  logLevel: setting({
    help: 'least severe level that is logged',
    placeholder: '<level>',
    expects: 'debug, info, warn or error',
    fallback: 'info',
    schema: z.enum(['debug', 'info', 'warn', 'error']),
  }),
  logFormat: setting({
    help: 'json for machines, pretty for people',
    placeholder: '<format>',
    expects: 'json or pretty',
    fallback: 'json',
    schema: z.enum(['json', 'pretty']),
  }),
} as const

type Settings = typeof settings
type Key = keyof Settings
/** A setting that has a default is always there; the others are undefined when nobody set them. */
type ValueOf<S> = S extends {readonly fallback: string; readonly schema: z.ZodType<infer Value, string>}
  ? Value
  : S extends {readonly schema: z.ZodType<infer Value, string>}
    ? Value | undefined
    : never

/** All that the process was told, checked. */
export type Config = {readonly [K in Key]: ValueOf<Settings[K]>}

/** What to do with a command line. */
export type Command =
  | {readonly do: 'run'; readonly config: Config}
  | {readonly do: 'help'}
  | {readonly do: 'version'}
  /** `message` names the flag or variable, its value, and what to write instead */
  | {readonly do: 'refuse'; readonly message: string}

const names = Object.keys(settings) as Key[]

/** @param args the arguments after the script's name */
export function readCommand(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const given = readFlags(args)
  if ('do' in given) return given
  const values: Partial<Record<Key, unknown>> = {}
  for (const name of names) {
    const {fallback, schema, expects}: Setting<unknown> = settings[name]
    const fromEnv = env[variableOf(name)] === '' ? undefined : env[variableOf(name)]
    const flag = given.get(name)
    const text = flag ?? fromEnv ?? fallback
    const result = text === undefined ? {success: true as const, data: undefined} : schema.safeParse(text)
    if (!result.success) {
      const source = flag === undefined ? variableOf(name) : flagOf(name)
      return refuse(`${source}=${text}: write ${expects}`)
    }
    values[name] = result.data
  }
  return {do: 'run', config: Object.freeze(values) as Config}
}

/** The raw text of each flag that was given; a repeated flag adds to a list, and replaces anything else. */
function readFlags(args: readonly string[]): Map<Key, string> | Command {
  const {tokens} = parseArgs({args: [...args], options: parserOptions(), strict: false, tokens: true})
  const given = new Map<Key, string>()
  for (const token of tokens) {
    if (token.kind === 'positional')
      return refuse(`"${token.value}" is not a flag; flags look like --log-level=debug, see --help`)
    if (token.kind === 'option-terminator') continue
    if (token.name === 'help' || token.name === 'version') return {do: token.name}
    const name = names.find(candidate => `--${token.name}` === flagOf(candidate))
    if (name === undefined) return refuse(`${token.rawName} is not a flag of this program; see --help for all of them`)
    const value = token.value ?? (isSwitch(name) ? 'true' : undefined)
    if (value === undefined || value === '')
      return refuse(`${token.rawName} needs a value: write ${settings[name].expects}`)
    const before = given.get(name)
    given.set(name, before !== undefined && isList(name) ? `${before},${value}` : value)
  }
  return given
}

function parserOptions(): Record<string, {type: 'string' | 'boolean'; short?: string}> {
  const flags = names.map(name => [flagOf(name).slice(2), {type: isSwitch(name) ? 'boolean' : 'string'}] as const)
  return {...Object.fromEntries(flags), help: {type: 'boolean', short: 'h'}, version: {type: 'boolean'}}
}

/** All flags with what they mean, their default and their environment variable. */
export function helpText(): string {
  const rows = names.flatMap(name => {
    const {help, placeholder, fallback}: Setting<unknown> = settings[name]
    const notes =
      fallback === undefined ? `(env ${variableOf(name)})` : `(default ${fallback}; env ${variableOf(name)})`
    return [`  ${flagOf(name)}=${placeholder}`, `      ${help}`, `      ${notes}`]
  })
  return [
    'Charmkeeper: backs up databases that Juju runs, driven by Kubernetes custom resources.',
    '',
    'Usage: charmkeeper [flags]',
    '',
    ...rows,
    '  --help, -h',
    '      print this text',
    '  --version',
    '      print the version',
  ].join('\n')
}

function setting<const S extends Setting<unknown>>(row: S): S {
  return row
}

function refuse(message: string): Command {
  return {do: 'refuse', message}
}

function flagOf(name: Key): string {
  return `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

function variableOf(name: Key): string {
  return `CHARMKEEPER_${flagOf(name).slice(2).replaceAll('-', '_').toUpperCase()}`
}

function isSwitch(name: Key): boolean {
  return settings[name].placeholder === '<true|false>'
}

function isList(name: Key): boolean {
  return settings[name].placeholder.endsWith(',...>')
}

function parseBindAddress(text: string): BindAddress {
  const colon = text.lastIndexOf(':')
  return {host: text.slice(0, colon).replaceAll(/[[\]]/g, ''), port: Number(text.slice(colon + 1))}
}

function parseWorkers(pairs: readonly string[], context: z.RefinementCtx): Workers {
  const workers: Record<WorkerKind, number> = {...defaultWorkers}
  for (const pair of pairs) {
    const [, kind = '', count = ''] = /^([a-z]+)=(\d{1,3})$/.exec(pair) ?? []
    if (!isWorkerKind(kind) || Number(count) < 1 || Number(count) > 128) {
      context.addIssue({code: 'custom', message: `${pair} is not kind=number`})
      return z.NEVER
    }
    workers[kind] = Number(count)
  }
  return workers
}

function isWorkerKind(kind: string): kind is WorkerKind {
  return kind in defaultWorkers
}

function isEndpointList(entries: readonly string[]): boolean {
  try {
    EndpointPolicy.parse(entries)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
