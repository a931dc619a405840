import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export interface WorkDirectory {
  readonly path: string
  remove(): Promise<void>
}

/**
 * One folder for everything of one environment, below the system's temporary folder: its path is short (sockets), and
 * the user that PostgreSQL runs as may pass through it, though not look around.
 */
export async function makeWorkDirectory(name = 'charmkeeper'): Promise<WorkDirectory> {
  const path = await mkdtemp(join(tmpdir(), `${name}-`))
  await chmod(path, 0o711)
  return {path, remove: () => rm(path, {recursive: true, force: true, maxRetries: 3})}
}
