import {parse} from 'yaml'
import type {Charm} from '../../charms/machine.ts'
import {JujuFault, notFound} from '../juju-fault.ts'
import {textOf} from '../rpc/context.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag} from '../tags.ts'
import type {Application} from '../world/application.ts'
import type {Quirks} from '../quirks.ts'
import {listOf, tagsOf} from './arguments.ts'
import {applicationOf, applicationToRead, item} from './lookup.ts'
import {optionValue, parseBool} from './option-values.ts'
import {bindings, riskless} from './status-shapes.ts'

export const applicationSettings: Facade = {
  Get: {need: 'read', goParams: 'ApplicationGet', texts: ['application', 'branch'], runOnModel: get},
  GetConfig: {need: 'read', runOnModel: getConfig},
  SetConfigs: {need: 'write', writes: true, blockedBy: ['BlockChange'], goParams: 'ConfigSetArgs', runOnModel: set},
  UnsetApplicationsConfig: {
    need: 'write',
    writes: true,
    blockedBy: ['BlockChange'],
    goParams: 'ApplicationConfigUnsetArgs',
    runOnModel: unset,
  },
}

function get({model}: ModelContext, params: Params): object {
  const name = textOf(params, 'application')
  const found = applicationToRead(model, name)
  const {name: charm, base} = found.charm.description
  const {track, risk} = found.origin
  return {
    application: name,
    charm,
    config: options(found),
    'application-config': {
      trust: {
        default: false,
        description: 'Does this application have access to trusted credentials',
        source: found.trust ? 'user' : 'default',
        type: 'bool',
        value: found.trust,
      },
    },
    constraints: {arch: found.origin.architecture},
    base: {name: base.name, channel: riskless(base.channel)},
    channel: risk === '' ? '' : `${track}/${risk}`,
    'endpoint-bindings': bindings(found),
  }
}

function getConfig({model}: ModelContext, params: Params): object {
  const results = tagsOf(params).map(tag => ({
    config: null,
    ...item(() => ({config: options(applicationToRead(model, idOfTag('application', tag) ?? tag))})),
  }))
  return {Results: results}
}

function options({charm, config}: Application): Record<string, object> {
  const shown = Object.entries(charm.description.options).map(([name, {type, description, default: preset}]) => {
    const set = config.get(name)
    const value = set ?? preset
    return [
      name,
      {
        description,
        source: set === undefined ? (preset === undefined ? 'unset' : 'default') : 'user',
        type,
        ...(preset === undefined ? {} : {default: preset}),
        ...(value === undefined ? {} : {value}),
      },
    ]
  })
  return Object.fromEntries(shown) as Record<string, object>
}

interface ConfigSet {
  readonly application: string
  readonly config?: Readonly<Record<string, string>> | null
  readonly 'config-yaml'?: string
}

function set(context: ModelContext, params: Params): object {
  return {results: listOf<ConfigSet>(params, 'Args').map(wanted => item(() => setOne(context, wanted)))}
}

/** All options of one application or none. */
function setOne(
  {model, world}: ModelContext,
  {application: name, config, 'config-yaml': yaml = ''}: ConfigSet,
): object {
  if (yaml !== '' && world.quirks.refusesConfigYaml)
    throw new JujuFault('config yaml not supported not implemented', 'not implemented')
  const found = applicationOf(model, name)
  const {trust, ...given} = {...fromYaml(yaml, name), ...config}
  const values = checkedSettings(found.charm, given, world.quirks)
  if (trust !== undefined) found.trust = parseTrust(trust)
  for (const [option, value] of values) found.config.set(option, value)
  world.agents.announce(model, found, {kind: 'config-changed'})
  return {}
}

/**
 * Settings as texts, held against the charm's options.
 *
 * @throws JujuFault when one does not fit
 */
export function checkedSettings(
  charm: Charm,
  given: Readonly<Record<string, string>>,
  {unknownOptionIsNotValid}: Quirks,
): ReadonlyMap<string, unknown> {
  const {options: known} = charm.description
  const values = Object.entries(given).map(([option, text]): [string, unknown] => {
    const spec = known[option]
    if (spec !== undefined) return [option, optionValue(option, spec, text)]
    if (!unknownOptionIsNotValid) throw new JujuFault(`unknown option "${option}"`)
    throw new JujuFault(`invalid application config: unknown option "${option}"`, 'not valid')
  })
  return new Map(values)
}

/** What `juju config --file` sends: options below the application's name. */
function fromYaml(text: string, application: string): Record<string, string> {
  if (text === '') return {}
  const all = parse(text) as Readonly<Record<string, Readonly<Record<string, unknown>>>> | null
  const found = all?.[application]
  if (found === undefined) throw new JujuFault(`no settings found for "${application}"`)
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, String(value)]))
}

function parseTrust(text: string): boolean {
  const value = parseBool(text)
  if (value === undefined)
    throw new JujuFault(`parsing trust setting: strconv.ParseBool: parsing "${text}": invalid syntax`)
  return value
}

interface ConfigUnset {
  readonly application: string
  readonly options?: readonly string[] | null
}

/** Names that no option has are no error. */
function unset({model, world}: ModelContext, params: Params): object {
  const results = listOf<ConfigUnset>(params, 'Args').map(({application: name, options: names}) =>
    item(() => {
      const found = model.applications.get(name)
      if (found === undefined) throw notFound(`application ${name} not found`)
      for (const option of names ?? []) {
        if (option === 'trust') found.trust = false
        else found.config.delete(option)
      }
      world.agents.announce(model, found, {kind: 'config-changed'})
      return {}
    }),
  )
  return {results}
}
