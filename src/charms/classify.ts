import type {FailureKind, FailureText} from './profile.ts'
import type {RestoreFailureKind, RestoreFailureText} from './restore.ts'

/** What the words of a failed task mean, by the first text of the charm that they contain. */
export function classify(texts: readonly FailureText[], message: string): FailureKind {
  return knownText(texts, message)?.kind ?? 'Unknown'
}

/** As `classify`, for the task of a restore. */
export function classifyRestore(texts: readonly RestoreFailureText[], message: string): RestoreFailureKind {
  return knownText(texts, message)?.failure ?? {kind: 'Unknown'}
}

interface Explained {
  readonly text: string
  readonly meaning: string
}

/** The words with what they mean, where the charm's texts are known. */
export function explain(texts: readonly Explained[], message: string): string {
  const known = knownText(texts, message)
  const words = readable(message)
  if (known === undefined) return words
  return words === '' ? known.meaning : `${words.replace(/\.+$/, '')}. ${known.meaning}`
}

/** What stands for the message of a task that failed without any. */
export const wordless = 'the task ended without a message'

/** An empty text in a table stands for a failure without words, which some charms end with. */
function knownText<T extends Explained>(texts: readonly T[], message: string): T | undefined {
  return texts.find(({text}) => (text === '' ? message === '' || message === wordless : message.includes(text)))
}

/**
 * Some charms fail with a status object as Python prints it, of which the message is what a person can read
 * (reference/charms.md, 7, #34).
 */
function readable(message: string): string {
  const [, single, double] = /^status='\w+' message=(?:'(.*?)'|"(.*?)") short_message=/.exec(message) ?? []
  return single ?? double ?? message
}
