import type {PbmStatus} from './engine.ts'

/** What a charm makes of PBM: what is wrong with it, or what it is doing. */
export type PbmState =
  | {
      readonly kind:
        | 'no relation'
        | 'missing configuration'
        | 'agent down'
        | 'no bucket'
        | 'cannot configure'
        | 'wrong credentials'
        | 'incompatible'
        | 'unknown error'
        | 'syncing'
        | 'idle'
    }
  | {readonly kind: 'backup' | 'restore'; readonly id: string}

/** What PBM is doing. */
export function operationOf({running}: PbmStatus): PbmState {
  const {type, name = ''} = running
  if (type === 'backup' || type === 'restore') return {kind: type, id: name}
  return {kind: type === 'resync' ? 'syncing' : 'idle'}
}

/** What the store's answer means that a pbm-agent complains of; undefined: something else. */
export function storeComplaint(words: string): PbmState | undefined {
  if (words.includes('status code: 403')) return {kind: 'wrong credentials'}
  return words.includes('status code: 404') || words.includes('status code: 301') ? {kind: 'incompatible'} : undefined
}

/** @returns undefined for what is not JSON: then it is an error in words */
export function parseStatus(output: string): PbmStatus | undefined {
  try {
    return JSON.parse(output) as PbmStatus
  } catch {
    return undefined
  }
}
