import {parseArgs} from 'node:util'
import {parse, stringify} from 'yaml'
import type {Application, Unit} from './application.ts'
import type {Model, RelationEnd} from './model.ts'
import type {ShellCommand} from './shell.ts'

/** Where a command runs. */
export interface HookContext {
  readonly model: Model
  readonly application: Application
  readonly unit: Unit
  /** What relation-set wants; it comes true when the whole script ends with 0. */
  readonly changes: DatabagChange[]
}

export interface DatabagChange {
  readonly end: RelationEnd
  readonly other: RelationEnd
  /** The application's databag, else the unit's own. */
  readonly ofApplication: boolean
  /** An empty value removes its key. */
  readonly values: Readonly<Record<string, string>>
}

/** What went wrong in a tool: it ends with 1 and prints this after `ERROR`. */
export class ToolError extends Error {}

export type HookTool = (context: HookContext, args: readonly string[], stdin: ShellCommand['stdin']) => string

/** Juju's tools that a hook context has, as far as databag work needs them. */
export const hookTools: Readonly<Record<string, HookTool>> = {
  'is-leader': ({application, unit}) => (application.leader === unit.name ? 'True\n' : 'False\n'),
  'relation-ids': relationIds,
  'relation-list': relationList,
  'relation-get': relationGet,
  'relation-set': relationSet,
}

interface Side {
  readonly own: RelationEnd
  readonly other: RelationEnd
}

function relationIds({model, application}: HookContext, [endpoint]: readonly string[]): string {
  const found = model.relationsOf(application.name).filter(({own}) => own.endpoint === endpoint)
  return found.map(({relation, own}) => `${own.endpoint}:${relation.id}\n`).join('')
}

function relationList(context: HookContext, args: readonly string[]): string {
  const {values} = read(args)
  const {other} = relationOf(context, values.relation)
  if (values.app === true) return `${other.application}\n`
  const units = [...(context.model.applications.get(other.application)?.units.keys() ?? [])]
  return units
    .filter(name => name !== context.unit.name)
    .map(name => `${name}\n`)
    .join('')
}

/** `relation-get [--app] -r ID KEY|- [UNIT or APPLICATION]` */
function relationGet(context: HookContext, args: readonly string[]): string {
  const {values, positionals} = read(args)
  const {own, other} = relationOf(context, values.relation)
  const [key = '-', name = ''] = positionals
  const data = values.app === true ? applicationData(context, {own, other}, name) : unitData(context, name)
  if (key === '-') return values.format === 'json' ? `${JSON.stringify(data)}\n` : stringify(data)
  const value = data[key]
  if (values.format === 'json') return `${JSON.stringify(value ?? null)}\n`
  return value === undefined ? '' : `${value}\n`
}

/** Only the leader reads its own application's data. @throws ToolError */
function applicationData(
  {application, unit}: HookContext,
  {own, other}: Side,
  name: string,
): Readonly<Record<string, string>> {
  const wanted = name.replace(/\/\d+$/, '')
  if (wanted !== application.name) return other.data
  if (application.leader !== unit.name) throw new ToolError('permission denied')
  return own.data
}

function unitData({model, unit}: HookContext, name: string): Readonly<Record<string, string>> {
  const wanted = name === '' ? unit.name : name
  const found = model.unit(wanted)
  if (found === undefined) throw new ToolError(`cannot read settings for unit "${wanted}": unit not found`)
  return found.databag
}

/** `relation-set [--app] -r ID KEY=VALUE... [--file -]` */
function relationSet(context: HookContext, args: readonly string[], stdin: string): string {
  const {values, positionals} = read(args)
  const {own, other} = relationOf(context, values.relation)
  const ofApplication = values.app === true
  if (ofApplication && context.application.leader !== context.unit.name)
    throw new ToolError('cannot write relation settings')
  const fromFile = values.file === '-' ? (parse(stdin) as Record<string, unknown> | null) : {}
  const given = positionals.map(word => {
    const at = word.indexOf('=')
    if (at <= 0) throw new ToolError(`expected "key=value", got "${word}"`)
    return [word.slice(0, at), word.slice(at + 1)] as const
  })
  const texts = Object.entries(fromFile ?? {}).map(([key, value]) => [key, String(value)] as const)
  context.changes.push({end: own, other, ofApplication, values: Object.fromEntries([...texts, ...given])})
  return ''
}

/** By `4` or `endpoint:4`. @throws ToolError */
function relationOf({model, application}: HookContext, id: string | undefined): Side {
  if (id === undefined) throw new ToolError('no relation id specified')
  const number = Number(id.replace(/^.*:/, ''))
  const found = model.relationsOf(application.name).find(({relation}) => relation.id === number)
  if (found === undefined) throw new ToolError(`invalid value "${id}" for option -r: relation not found`)
  return found
}

/** @throws ToolError for an option that no tool has */
function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        relation: {type: 'string', short: 'r'},
        app: {type: 'boolean'},
        file: {type: 'string'},
        format: {type: 'string'},
      },
    })
  } catch (error) {
    throw new ToolError(error instanceof Error ? error.message : String(error))
  }
}
