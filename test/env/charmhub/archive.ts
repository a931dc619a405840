import {createHash} from 'node:crypto'
import {charmFiles, type CharmDescription} from '../../charms/charm.ts'
import {zipArchive} from './zip.ts'

/** A file that Charmhub offers. */
export interface Download {
  readonly bytes: Buffer
  /** In hexadecimal digits, as Charmhub gives them. */
  readonly sha256: string
  readonly sha384: string
}

/** The `.charm` file of a revision. */
export function charmArchive(charm: CharmDescription): Download {
  const files = Object.entries(charmFiles(charm))
  return download(zipArchive(files.map(([name, text]) => ({name, text, mode: name === 'dispatch' ? 0o755 : 0o644}))))
}

/** What a resource's revision holds: made up, and different for each. */
export function resourceContent(name: string, revision: number): Download {
  return download(Buffer.from(`${name} ${revision}`))
}

function download(bytes: Buffer): Download {
  const digest = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex')
  return {bytes, sha256: digest('sha256'), sha384: digest('sha384')}
}
