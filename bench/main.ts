/** `npm run bench -- informer|reconcile|calls|idle|juju|backupjobs`: figures beside a raw floor of the same run. No name: all of them. */
import {benchBackupJobs} from './backupjobs.ts'
import {benchCalls} from './calls.ts'
import {benchIdle} from './idle.ts'
import {benchInformer} from './informer.ts'
import {benchJuju} from './juju.ts'
import {benchReconcile} from './reconcile.ts'

const benches: Readonly<Record<string, () => Promise<void>>> = {
  informer: benchInformer,
  reconcile: benchReconcile,
  calls: benchCalls,
  idle: benchIdle,
  juju: benchJuju,
  backupjobs: benchBackupJobs,
}

const names = process.argv.slice(2)
const unknown = names.find(name => !(name in benches))
if (unknown === undefined) {
  for (const name of names.length > 0 ? names : Object.keys(benches)) await benches[name]?.()
} else {
  console.error(`no benchmark "${unknown}"; there are ${Object.keys(benches).join(', ')}`)
  process.exitCode = 2
}
