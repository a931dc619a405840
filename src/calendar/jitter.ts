import {createHash} from 'node:crypto'

/**
 * A delay from 0 up to, but not including, `jitterSeconds`, in ms, of whole seconds: what is shown of it is all there is. The same for
 * the same key for ever, and spread evenly over many keys.
 */
export function stableJitterMs(key: string, jitterSeconds: number): number {
  if (jitterSeconds === 0) return 0
  const share = createHash('sha256').update(key).digest().readUIntBE(0, 6) / 2 ** 48
  return Math.floor(share * jitterSeconds) * 1000
}
