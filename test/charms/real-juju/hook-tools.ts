import {appendFile} from 'node:fs/promises'
import {text} from 'node:stream/consumers'
import {parseArgs} from 'node:util'
import {parse, stringify} from 'yaml'
import {ControlClient, type RelationLine} from './control-client.ts'

/** Where a hook tool runs; handed to its process in HOOK_CONTEXT. */
export interface HookContext {
  /** Of the control port. */
  readonly url: string
  readonly model: string
  readonly application: string
  readonly unit: string
  /** The file that changes are noted in, one JSON to a line, until the command ends well. */
  readonly changes: string
}

/** What relation-set wants; an empty value removes its key. */
export interface DatabagChange {
  readonly relation: number
  readonly values: Readonly<Record<string, string>>
}

/** What went wrong in a tool: it ends with 1 and prints this after `ERROR`. */
export class ToolError extends Error {}

/** @returns what it prints */
export type HookTool = (context: HookContext, args: readonly string[]) => Promise<string>

/** Juju's tools that a hook context has, as far as work with application databags needs them. */
export const hookTools: Readonly<Record<string, HookTool>> = {
  'is-leader': async context => ((await leads(context)) ? 'True\n' : 'False\n'),
  'relation-ids': relationIds,
  'relation-get': relationGet,
  'relation-set': relationSet,
}

async function relationIds(context: HookContext, [endpoint]: readonly string[]): Promise<string> {
  const found = (await relations(context)).filter(each => each.endpoint === endpoint)
  return found.map(({id}) => `${endpoint}:${id}\n`).join('')
}

/** `relation-get --app -r ID KEY|- APPLICATION` */
async function relationGet(context: HookContext, args: readonly string[]): Promise<string> {
  const {values, positionals} = read(args)
  const relation = await relationOf(context, values)
  const [key = '-', name = ''] = positionals
  const own = name.replace(/\/\d+$/, '') === context.application
  if (own && !(await leads(context))) throw new ToolError('permission denied')
  const data = (own ? relation.own : relation.data) ?? {}
  if (values.format === 'json') return `${JSON.stringify(key === '-' ? data : (data[key] ?? null))}\n`
  if (key === '-') return stringify(data)
  return data[key] === undefined ? '' : `${data[key]}\n`
}

/** `relation-set --app -r ID KEY=VALUE... [--file -]` */
async function relationSet(context: HookContext, args: readonly string[]): Promise<string> {
  const {values: options, positionals} = read(args)
  const relation = await relationOf(context, options)
  if (!(await leads(context))) throw new ToolError('cannot write relation settings')
  const given = positionals.map(word => {
    const at = word.indexOf('=')
    if (at <= 0) throw new ToolError(`expected "key=value", got "${word}"`)
    return [word.slice(0, at), word.slice(at + 1)] as const
  })
  const fromFile = options.file === '-' ? (parse(await text(process.stdin)) as Record<string, unknown> | null) : {}
  const texts = Object.entries(fromFile ?? {}).map(([key, value]) => [key, String(value)] as const)
  const change: DatabagChange = {relation: relation.id, values: Object.fromEntries([...texts, ...given])}
  await appendFile(context.changes, `${JSON.stringify(change)}\n`)
  return ''
}

type Options = ReturnType<typeof read>['values']

/** @throws ToolError for an option that no tool has */
function read(args: readonly string[]) {
  const options = {
    relation: {type: 'string', short: 'r'},
    app: {type: 'boolean'},
    file: {type: 'string'},
    format: {type: 'string'},
  } as const
  try {
    return parseArgs({args: [...args], allowPositionals: true, options})
  } catch (error) {
    throw new ToolError(error instanceof Error ? error.message : String(error))
  }
}

/** By `4` or `endpoint:4`. @throws ToolError */
async function relationOf(context: HookContext, {relation: id, app}: Options): Promise<RelationLine> {
  if (id === undefined) throw new ToolError('no relation id specified')
  if (app !== true) throw new ToolError('the databags of units are not played here, only those of applications (--app)')
  const number = Number(id.replace(/^.*:/, ''))
  const found = (await relations(context)).find(each => each.id === number)
  if (found === undefined) throw new ToolError(`invalid value "${id}" for option -r: relation not found`)
  return found
}

function relations({url, model, application}: HookContext): Promise<readonly RelationLine[]> {
  return new ControlClient(url, model).relations(application)
}

async function leads({url, model, application, unit}: HookContext): Promise<boolean> {
  const units = await new ControlClient(url, model).units(application)
  return units.some(({name, leader}) => name === unit && leader)
}
