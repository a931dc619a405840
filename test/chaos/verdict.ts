import assert from 'node:assert/strict'
import type {BackupJob} from '../../src/api/backup-job.ts'
import {idOfLabel} from '../charms/postgresql/pgbackrest-info.ts'
import {patience, reasonOf, type TroubledWorld} from './troubled-world.ts'
import {hasSucceeded} from './witness.ts'

/** What has to be true of a world in which everything has come to its end. */
export function judge(troubled: TroubledWorld): void {
  const {jobs} = troubled
  assertBackupsAreThere(troubled, jobs)
  assertRestoresWereDone(troubled, jobs)
  assertPostHooksRan(troubled, jobs)
  assertUnitsAreThere(troubled)
}

/** Each success is a backup of its own, which is listed as good, and is in the store where that was asked for. */
function assertBackupsAreThere({world}: TroubledWorld, jobs: readonly BackupJob[]): void {
  const made = new Map<string, string>()
  const good = world.engine.repository.backups.filter(({error}) => !error).map(({label}) => label)
  for (const job of jobs.filter(one => hasSucceeded(one) && one.spec.type === 'Backup')) {
    const {name} = job.metadata
    const label = job.status?.artefact?.label ?? good.find(one => idOfLabel(one) === job.status?.backupID) ?? ''
    assert.ok(good.includes(label), `${name} succeeded with ${label}; there are ${good.join(', ')}`)
    if (job.spec.backup.importID === undefined) {
      assert.equal(made.get(label), undefined, `${name} and ${made.get(label)} are one backup: ${label}`)
      made.set(label, name)
    } else assert.equal(job.status?.backupID, job.spec.backup.importID, name)
    if (job.spec.storageRef === undefined) continue
    const manifest = [...world.store.objects.keys()].some(key => key.endsWith(`${label}/backup.manifest`))
    assert.ok(manifest, `${name} succeeded with ${label}, which is not in the store`)
  }
}

/** A request that succeeded was run, once. */
function assertRestoresWereDone({witness}: TroubledWorld, jobs: readonly BackupJob[]): void {
  for (const job of jobs.filter(one => hasSucceeded(one) && one.spec.restore?.mode === 'Execute')) {
    const runs = witness.restores(job.spec.restore?.requestID)
    assert.equal(runs.length, 1, `${job.metadata.name} is ${reasonOf(job)}; its request was run ${runs.length} times`)
  }
}

/** Whatever became of a job that has begun, what its pre hooks did is undone, or was tried to be. */
function assertPostHooksRan({witness, abandoned}: TroubledWorld, jobs: readonly BackupJob[]): void {
  for (const job of jobs) {
    const owes = (job.spec.hooks?.post ?? []).some(({when}) => when === 'Always')
    if (!owes || abandoned.has(job.metadata.uid ?? '') || !witness.ranAnythingOf(job)) continue
    const tried = job.status?.hooks?.some(({phase}) => phase === 'Post') ?? false
    assert.ok(tried, `${job.metadata.name} (${reasonOf(job)}) has run something, but no post hook`)
  }
}

/** Without a restore that touched the data, nobody misses a unit. */
function assertUnitsAreThere({witness, units, scaled, abandoned}: TroubledWorld): void {
  if (scaled || abandoned.size > 0 || witness.restores().length > 0) return
  assert.equal(units.length, 3, 'units that were removed for restores which never ran')
}

/** Nobody holds the application: a restore mends what restores have left behind, and then a backup goes through. */
export async function proveThatItIsFree(troubled: TroubledWorld): Promise<void> {
  const {world} = troubled
  const runs = async (name: string): Promise<string> => {
    world.apply(name)
    await world.untilFinished(name, patience)
    return world.reason(name)
  }
  if (world.engine.restores.length > 0 && (await cure(troubled)) === 'dead end') return
  // As many of them may be told to fail.
  for (let left = troubled.scripted; left > 0; left--) if ((await runs(`free-${left}`)) === 'Succeeded') return
  assert.equal(await runs('free'), 'Succeeded', world.message('free'))
}

/** Units that say so take no other restore, whoever asks, and no backup either: their charm never clears it (docs/charms.md). */
const ruined = 'Failed to restore backup'

/** A restore of the newest backup works, or says why the charm takes none, and lets go of what it holds when it is cancelled. */
async function cure(troubled: TroubledWorld): Promise<'cured' | 'dead end'> {
  const {world} = troubled
  const asked = {requestID: 'cure', validSeconds: 86_400, replicas: 'Rebuild', safetyBackup: 'Skip'}
  const spec = {type: 'Restore', restore: troubled.confirmed({...asked, pointInTime: undefined})}
  world.apply('cure', spec)
  const asks = (): boolean => world.reason('cure') === 'ActionRequired' && world.message('cure').includes(ruined)
  await world.until('the cure has ended, or asks a person', () => world.finished('cure') || asks(), patience)
  if (world.finished('cure')) {
    assert.equal(world.reason('cure'), 'Succeeded', world.message('cure'))
    return 'cured'
  }
  assert.ok(
    troubled.units.some(({workload}) => workload.message === ruined),
    world.message('cure'),
  )
  assert.match(world.message('cure'), /Restore into a new application/)
  world.apply('cure', {...spec, cancel: 'IfSafe'})
  await world.untilFinished('cure', patience)
  assert.equal(world.reason('cure'), 'Cancelled', world.message('cure'))
  return 'dead end'
}
