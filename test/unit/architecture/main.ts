import path from 'node:path'
import {brokenArrows, readImports} from './imports.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const imports = readImports(root)
const broken = brokenArrows(imports)
for (const sentence of broken) console.error(sentence)
console.log(
  broken.length === 0 ? `${imports.length} imports follow the arrows` : `${broken.length} imports break the arrows`,
)
process.exitCode = broken.length === 0 ? 0 : 1
