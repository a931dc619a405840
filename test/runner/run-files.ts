/**
 * Runs the test files that the arguments name, one after another in this one process: most of what a small file takes is Node's
 * start and the loading of modules. Each file is a suite, so that its hooks stay its own and one that does not load fails alone.
 */
import {suite} from 'node:test'
import {pathToFileURL} from 'node:url'

for (const file of process.argv.slice(2)) await suite(file, () => import(pathToFileURL(file).href))
