/**
 * Who may write into Juju: only `juju/writes`, where each write says how it is looked up after a lost reply (api.md rule 11).
 *
 * The functions that send a write bare are those which the descriptions import as `send...`; nobody else may import them.
 */
import path from 'node:path'
import {importsIn} from './imports.ts'

/** A source file by its path relative to `src/`. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** A function that sends a write, as `module#name`; the module relative to `src/`. */
type BareWrite = `${string}#${string}`

const descriptions = 'juju/writes/'
/** The client for those who use it alone: there the bare writes are offered, with what to do after a lost reply. */
const standalone: readonly string[] = ['juju/model-session.ts', 'juju/index.ts']
/** Makes the sessions, and hands them out without their bare writes. */
const gateway = 'controllers/juju-model/gateway.ts'

export function bareWrites(sources: readonly Source[]): readonly BareWrite[] {
  const written = sources.filter(({file}) => file.startsWith(descriptions))
  const found = written.flatMap(({file, text}) =>
    clausesIn(text).flatMap(({specifier, clause}) =>
      [...clause.matchAll(/\b(\w+) as send[A-Z]\w*/g)].map(
        ([, name]): BareWrite => `${resolve(file, specifier)}#${name}`,
      ),
    ),
  )
  return [...new Set(found)]
}

/** Each break of the rule as a sentence. */
export function brokenWriteRules(sources: readonly Source[]): readonly string[] {
  const bare = new Set<string>(bareWrites(sources))
  const modules = new Set([...bare].map(one => one.split('#')[0]))
  return sources
    .filter(({file}) => !file.startsWith(descriptions) && !standalone.includes(file))
    .flatMap(({file, text}) => [
      ...namedImportsIn(text).flatMap(({specifier, names}) =>
        names
          .map(name => `${resolve(file, specifier)}#${name}`)
          .filter(one => bare.has(one))
          .map(one => `${file} sends a write without its description: ${one}`),
      ),
      ...wholeImportsIn(text)
        .map(specifier => resolve(file, specifier))
        .filter(module => modules.has(module))
        .map(module => `${file} imports all of ${module}, its writes included`),
      ...(file.startsWith('juju/') ? [] : outsideRules(file, text)),
    ])
}

/** What the houses outside of the client must leave alone. */
function outsideRules(file: string, text: string): readonly string[] {
  const targets = importsIn(text).map(({specifier}) => resolve(file, specifier))
  const forbidden = targets.filter(
    target =>
      target.startsWith('juju/facades/') ||
      target === 'juju/index.ts' ||
      (target === 'juju/model-session.ts' && file !== gateway),
  )
  return forbidden.map(target => `${file} imports ${target}, from which it could write without a description`)
}

/** Imports and re-exports of names at run time, with the names that the other module has for them. */
export function namedImportsIn(
  source: string,
): readonly {readonly specifier: string; readonly names: readonly string[]}[] {
  return clausesIn(source).map(({specifier, clause}) => {
    const parts = clause.split(',').map(part => part.trim())
    const names = parts
      .filter(part => part !== '' && !part.startsWith('type '))
      .map(part => part.split(/\s+as\s+/)[0] ?? '')
    return {specifier, names}
  })
}

function clausesIn(source: string): readonly {readonly specifier: string; readonly clause: string}[] {
  const statement = /^\s*(?:import|export)\s*\{(?<clause>[^}]*)\}\s*from\s*['"](?<specifier>[^'"]+)['"]/gm
  return [...source.matchAll(statement)].map(({groups}) => ({
    specifier: groups?.['specifier'] ?? '',
    clause: groups?.['clause'] ?? '',
  }))
}

/** Modules of which everything is imported or re-exported: `* as`, `*`, and lazily. */
function wholeImportsIn(source: string): readonly string[] {
  const whole = /^\s*(?:import|export)\s*\*[^'"]*from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
  return [...source.matchAll(whole)].map(([, statically, lazily]) => statically ?? lazily ?? '')
}

function resolve(from: string, specifier: string): string {
  return path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier))
}
