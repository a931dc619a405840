import type {FailureKind, FailureText} from './profile.ts'

/** What the words of a failed task mean, by the first text of the charm that they contain. */
export function classify(texts: readonly FailureText[], message: string): FailureKind {
  return knownText(texts, message)?.kind ?? 'Unknown'
}

/** The words with what they mean, where the charm's texts are known. */
export function explain(texts: readonly FailureText[], message: string): string {
  const known = knownText(texts, message)
  return known === undefined ? message : `${message.replace(/\.$/, '')}. ${known.meaning}`
}

function knownText(texts: readonly FailureText[], message: string): FailureText | undefined {
  return texts.find(({text}) => message.includes(text))
}
