/** `npm run bench -- [name...] [options of the last one]`: figures beside a raw floor of the same run. No name: all of them. */
import {benchBackupJobs} from './backupjobs.ts'
import {benchCalls} from './calls.ts'
import {benchIdle} from './idle.ts'
import {benchInformer} from './informer.ts'
import {benchJuju} from './juju.ts'
import {benchReconcile} from './reconcile.ts'
import {benchSchedules} from './schedules.ts'

const benches: Readonly<Record<string, (options: readonly string[]) => Promise<void>>> = {
  informer: benchInformer,
  reconcile: benchReconcile,
  calls: benchCalls,
  idle: benchIdle,
  juju: benchJuju,
  backupjobs: benchBackupJobs,
  schedules: benchSchedules,
}

const args = process.argv.slice(2)
const firstOption = args.findIndex(arg => arg.startsWith('--'))
const names = firstOption < 0 ? args : args.slice(0, firstOption)
const options = firstOption < 0 ? [] : args.slice(firstOption)
const unknown = names.find(name => !(name in benches))
if (unknown === undefined) {
  const chosen = names.length > 0 ? names : Object.keys(benches)
  for (const name of chosen) await benches[name]?.(name === chosen.at(-1) ? options : [])
} else {
  console.error(`no benchmark "${unknown}"; there are ${Object.keys(benches).join(', ')}`)
  process.exitCode = 2
}
