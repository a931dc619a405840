/** One simple command of a script. */
export interface ShellCommand {
  readonly words: readonly string[]
  /** A here-document. */
  readonly stdin: string
  /** Runs only when the one before ended with 0 (`&&`), or with another code (`||`). */
  readonly after: 'any' | 'success' | 'failure'
}

interface Pending {
  words: string[]
  word: string | undefined
  after: ShellCommand['after']
  hereDocument: string | undefined
}

const operators: Readonly<Record<string, ShellCommand['after']>> = {
  '&&': 'success',
  '||': 'failure',
  ';': 'any',
  '\n': 'any',
}

/**
 * Reads as much of a POSIX shell's language as commands in hook contexts need: words, quotes, `;`, `&&`, `||` and
 * here-documents. Nothing is expanded.
 *
 * @throws SyntaxError for a quote that does not end
 */
export function parseScript(script: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = []
  let now = fresh('any')
  let rest = script
  while (rest !== '') {
    const [token = ''] = /^(?:&&|\|\||;|\n|[ \t]+|\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*"|<<-?|[^])/.exec(rest) ?? []
    rest = rest.slice(token.length)
    const after = operators[token]
    if (after !== undefined) {
      const [document, left] =
        token === '\n' && now.hereDocument !== undefined ? hereDocument(now.hereDocument, rest) : ['', rest]
      rest = left
      finish(commands, now, document)
      now = fresh(after)
    } else if (/^[ \t]/.test(token)) endWord(now)
    else if (token.startsWith('<<')) {
      const [delimiter = ''] = /^[ \t]*\S+/.exec(rest) ?? []
      rest = rest.slice(delimiter.length)
      now.hereDocument = delimiter.trim().replaceAll(/['"]/g, '')
    } else now.word = (now.word ?? '') + unquoted(token)
  }
  finish(commands, now, '')
  return commands
}

function fresh(after: ShellCommand['after']): Pending {
  return {words: [], word: undefined, after, hereDocument: undefined}
}

function endWord(pending: Pending): void {
  if (pending.word !== undefined) pending.words.push(pending.word)
  pending.word = undefined
}

function finish(commands: ShellCommand[], pending: Pending, stdin: string): void {
  endWord(pending)
  if (pending.words.length > 0) commands.push({words: pending.words, stdin, after: pending.after})
}

/** @throws SyntaxError when the quote does not end */
function unquoted(token: string): string {
  if (token === "'" || token === '"') throw new SyntaxError('Unterminated quoted string')
  if (token.startsWith("'")) return token.slice(1, -1)
  if (token.startsWith('"')) return token.slice(1, -1).replaceAll(/\\(["\\$`])/g, '$1')
  return token.startsWith('\\') ? token.slice(1) : token
}

/** @returns the text up to the delimiter's line, and what follows it */
function hereDocument(delimiter: string, text: string): readonly [string, string] {
  const lines = text.split('\n')
  const end = lines.indexOf(delimiter)
  if (end < 0) return [text, '']
  const document = lines.slice(0, end).map(line => `${line}\n`)
  return [document.join(''), lines.slice(end + 1).join('\n')]
}
