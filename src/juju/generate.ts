import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {writeOrCheck, type GeneratedFiles} from '../api/generated-files.ts'
import {jujuPage} from './docs.ts'

/** docs/juju.md. @param root of the repository, where the client's example is read */
export function generatedFiles(root: string): GeneratedFiles {
  const example = readFileSync(join(root, 'examples/juju-client.ts'), 'utf8')
  return new Map([['docs/juju.md', jujuPage(example)]])
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '../..')
  void writeOrCheck(generatedFiles(root), root, 'src/juju')
}
