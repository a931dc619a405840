import {createHash} from 'node:crypto'

/** A password as a charm generates it, 24 or 32 letters and digits; the same for the same seed. */
export function generatedPassword(seed: string, length: number): string {
  const letters = createHash('sha512')
    .update(seed)
    .digest('base64')
    .replaceAll(/[^A-Za-z0-9]/g, '')
  return letters.slice(0, length)
}
