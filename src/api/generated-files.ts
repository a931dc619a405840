import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

/** Files that are made from the sources: path from the root of the repository, and content. */
export type GeneratedFiles = ReadonlyMap<string, string>

/** Paths of files that differ from what is on disk below `root`. */
export async function outdatedOf(files: GeneratedFiles, root: string): Promise<string[]> {
  const states = await Promise.all(
    [...files].map(async ([path, content]) => {
      const current = await readFile(join(root, path), 'utf8').catch((fault: NodeJS.ErrnoException) => {
        if (fault.code === 'ENOENT') return undefined
        throw fault
      })
      return current === content ? [] : [path]
    }),
  )
  return states.flat()
}

/** Writes the files below `root`, or with `--check` says which differ and ends the process with 1. @param source for the message */
export async function writeOrCheck(files: GeneratedFiles, root: string, source: string): Promise<void> {
  if (process.argv.includes('--check')) {
    const differing = await outdatedOf(files, root)
    for (const file of differing) process.stderr.write(`${file} is not what ${source} says: run npm run generate\n`)
    process.exitCode = differing.length > 0 ? 1 : 0
    return
  }
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), {recursive: true})
    await writeFile(join(root, path), content)
  }
}
