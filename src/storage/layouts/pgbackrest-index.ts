import type {ObjectStore} from '../object-store.ts'
import {readInfoFile, type InfoFileState, type InfoLine} from './pgbackrest-file.ts'

/** About 1 KiB each: more lines than that have no reason. */
const MAX_LINES = 100_000

export type IndexRead =
  /** `notes`: which of its two files is not as it should be. */
  | {readonly kind: 'read'; readonly lines: readonly InfoLine[]; readonly notes: readonly string[]}
  | {readonly kind: 'missing'}
  | {readonly kind: 'unreadable'; readonly problem: string}

/**
 * Reads `backup.info` or `archive.info`. pgBackRest writes each twice, reads the copy when the first is not whole, and
 * writes both anew with its next command: so one of them is enough.
 *
 * @throws StorageError when the store cannot be read
 */
export async function readIndex(store: ObjectStore, key: string, signal: AbortSignal | undefined): Promise<IndexRead> {
  const copyKey = `${key}.copy`
  const first = await readLines(store, key, signal)
  const copy = await readLines(store, copyKey, signal)
  if (first.state.kind === 'whole') {
    const notes = copy.state.kind === 'whole' ? [] : [`${copyKey} ${describe(copy.state)}`]
    return {kind: 'read', lines: first.lines, notes}
  }
  if (copy.state.kind === 'whole') {
    const note = `${key} ${describe(first.state)}; its copy was read, as pgBackRest does`
    return {kind: 'read', lines: copy.lines, notes: [note]}
  }
  if (first.state.kind === 'missing' && copy.state.kind === 'missing') return {kind: 'missing'}
  return {kind: 'unreadable', problem: `${key} ${describe(first.state)}, and its copy ${describe(copy.state)}`}
}

async function readLines(
  store: ObjectStore,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{state: InfoFileState; lines: readonly InfoLine[]}> {
  const lines: InfoLine[] = []
  const onLine = (line: InfoLine): void => void (lines.length < MAX_LINES && lines.push(line))
  const state = await readInfoFile(store, key, {onLine, signal})
  if (lines.length === MAX_LINES) return {state: {kind: 'damaged', why: 'has too many lines'}, lines: []}
  return {state, lines}
}

/** Continues a sentence that begins with the name of the file. */
export function describe(state: Exclude<InfoFileState, {kind: 'whole'}>): string {
  return state.kind === 'missing' ? 'does not exist' : state.why
}
