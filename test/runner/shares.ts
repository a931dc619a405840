import path from 'node:path'
import type {Layer} from './layers.ts'

/** More shares than run at the same time, so that a slow one does not leave a processor idle at the end. */
const sharesPerProcess = 3

/**
 * Deals the files of a layer out to processes, in the order in which they begin. Where files share processes, neighbours, which
 * are alike, go to different ones.
 */
export function dealOut(
  files: readonly string[],
  {concurrency, sharesProcesses, longest}: Pick<Layer, 'concurrency' | 'sharesProcesses' | 'longest'>,
): readonly (readonly string[])[] {
  if (!sharesProcesses) return files.toSorted((a, b) => rank(a, longest) - rank(b, longest)).map(file => [file])
  const count = Math.min(files.length, sharesPerProcess * concurrency)
  return Array.from({length: count}, (_, share) => files.filter((_file, index) => index % count === share))
}

function rank(file: string, longest: readonly string[]): number {
  const place = longest.indexOf(path.basename(file))
  return place < 0 ? longest.length : place
}
