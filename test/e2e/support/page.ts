import {readFileSync} from 'node:fs'
import path from 'node:path'

/** One fenced block of commands, below a heading. */
export interface PageBlock {
  readonly heading: string
  readonly script: string
}

/** A page of docs/ that tells commands. */
export interface CommandPage {
  readonly blocks: readonly PageBlock[]
  /** The table of names: what stands for each in the text. */
  readonly examples: ReadonlyMap<string, string>
}

const root = path.resolve(import.meta.dirname, '../../..')

/** The `sh` blocks in their order, and the rows of the table whose first column is a name in capitals. */
export function readPage(name: string): CommandPage {
  const blocks: PageBlock[] = []
  const examples = new Map<string, string>()
  let heading = ''
  let script: string[] | undefined
  for (const line of readFileSync(path.join(root, 'docs', name), 'utf8').split('\n')) {
    if (script !== undefined && line === '```') {
      blocks.push({heading, script: script.join('\n')})
      script = undefined
    } else if (script !== undefined) script.push(line)
    else if (line === '```sh') script = []
    else if (/^#{2,} /.test(line)) heading = line.replace(/^#+ /, '')
    else {
      const [, placeholder, example] = /^\| `([A-Z]+)` \|[^|]*\| `([^`]+)` \|/.exec(line) ?? []
      if (placeholder !== undefined && example !== undefined) examples.set(placeholder, example)
    }
  }
  return {blocks, examples}
}

/** A block with values instead of the examples that it sets. */
export function filledIn(
  {script}: PageBlock,
  examples: CommandPage['examples'],
  values: Readonly<Record<string, string>>,
) {
  let filled = script
  for (const [name, example] of examples)
    filled = filled.replaceAll(`${name}=${example}`, `${name}=${values[name] ?? example}`)
  return filled
}
