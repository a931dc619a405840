/** Schedules as a user has them: the built operator, real minutes, a real PostgreSQL and its backups in a real store. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJob} from '../../src/api/backup-job.ts'
import type {BackupSchedule} from '../../src/api/backup-schedule.ts'
import {
  assertEverySlotAccounted,
  everyMinute,
  nextMinute,
  SchedulesOfUser,
  slotOf,
} from './support/schedules-of-user.ts'

const examples = ['postgresql-daily', 'postgresql-kept', 'postgresql-nightly', 'postgresql-weekly']
/** Their jobs are over at once, as there is no such application: many may come due together. */
const fleet = Array.from({length: 12}, (_, index) => `fleet-${index}`)
const nowhere = {application: 'elsewhere'}
const allKept = {history: {failed: 50}}

const byName = (a: string, b: string): number => a.localeCompare(b)
/** Slots that have a job, newest first. */
const runsOf = ({status}: BackupSchedule) => (status?.recentRuns ?? []).filter(({outcome}) => outcome !== 'Skipped')
const reasonOf = ({status}: BackupJob): string =>
  status?.conditions?.find(({type}) => type === 'Succeeded')?.reason ?? ''

test('S1.6 S2.4 S5.1 S5.5 S5.16 schedules as their user has them, from kubectl apply to kubectl delete', async t => {
  const world = await SchedulesOfUser.start()
  t.after(() => world.stop())
  const {user} = world

  await t.test('S5.6 S5.13 the examples are scheduled, and listed by their application', async () => {
    await user.applyExamples(
      'backup-schedule.yaml',
      'backup-schedule-incremental.yaml',
      'backup-schedule-retention.yaml',
    )
    const others = [
      everyMinute('each-minute', {concurrencyPolicy: 'Queue'}, {storageRef: {name: 'backups'}}),
      everyMinute('held', {...allKept, suspend: true}, nowhere),
      ...fleet.map(name => everyMinute(name, allKept, nowhere)),
    ]
    await user.apply(JSON.stringify({apiVersion: 'v1', kind: 'List', items: others}))
    await user.kubectlOk('wait', '--for=condition=Ready', '--timeout=60s', 'backupschedules', '--all')
    const ofApplication = '--field-selector=spec.jobTemplate.spec.application=postgresql'
    const listed = await user.kubectlOk('get', 'cks', ofApplication, '--output=name')
    const names = listed.trim().split('\n')
    assert.deepEqual(
      names,
      ['each-minute', ...examples].map(name => `backupschedule.charmkeeper.dev/${name}`),
    )
    const table = await user.kubectlOk('get', 'cks', ofApplication)
    assert.match(table, /^postgresql-nightly +postgresql +0 2 \* \* \* +Scheduled +\d{4}-\d\d-\d\dT0[01]:00:00Z$/m)
  })

  const firstSlot = nextMinute()
  const isUpTo = (last: number, slot: number): boolean => firstSlot <= slot && slot <= last

  await t.test('S5.20 S5.9 a run at once, by kubectl patch: a backup that is proved; the next time stays', async () => {
    const before = (await world.get('postgresql-nightly')).status
    const {metadata} = await world.runNow('postgresql-nightly', 'before-the-migration')
    const job = await user.ended(metadata.name)
    assert.equal(reasonOf(job), 'Succeeded', JSON.stringify(job.status?.conditions))
    assert.equal(job.status?.conditions?.find(({type}) => type === 'Verified')?.reason, 'FoundInStore')
    await user.kubectlOk('wait', '--for=condition=Fresh', '--timeout=60s', 'backupschedule/postgresql-nightly')
    const {status} = await world.get('postgresql-nightly')
    assert.equal(status?.nextScheduleTime, before?.nextScheduleTime)
    assert.equal(status?.lastSuccessBackupID, job.status?.backupID)
    const described = await user.kubectlOk('describe', 'backupschedule', 'postgresql-nightly')
    assert.match(described, /Description: +At 02:00, every day/)
    assert.match(described, /Normal +Scheduled .*next backup is due/)
  })

  await t.test('S5.8 a schedule that is deleted in the middle of its run: the run ends as ever', async () => {
    const {metadata} = await world.runNow('postgresql-weekly', 'and-then-deleted')
    await user.until('the run to be at work', async () =>
      (await user.reason(metadata.name)) === 'Running' ? true : undefined,
    )
    await user.kubectlOk('delete', 'backupschedule', 'postgresql-weekly', '--timeout=60s')
    assert.equal(reasonOf(await user.ended(metadata.name)), 'Succeeded')
  })

  await t.test('a namespace with schedules, one of them with a run that waits for its model, goes', async () => {
    const {controlPlane} = user.environment
    const items = [everyMinute('left', {runNow: 'once'}), everyMinute('left-too')]
    await controlPlane.kubectlOrThrow(['create', 'namespace', 'leaving'])
    const input = JSON.stringify({apiVersion: 'v1', kind: 'List', items})
    await controlPlane.kubectlOrThrow(['apply', '--filename', '-'], {namespace: 'leaving', input})
    await user.until('the run in the namespace that goes', async () => {
      const jobs = await controlPlane.kubectlOrThrow(['get', 'backupjobs', '--output=name'], {namespace: 'leaving'})
      return jobs === '' ? undefined : true
    })
    await controlPlane.kubectlOrThrow(['delete', 'namespace', 'leaving', '--timeout=90s'])
  })

  await t.test(
    'S5.22 S5.18 S5.19 a minute begins: every schedule has its outcome for it, in status and metric',
    async () => {
      await world.accounted(['each-minute', 'held', ...fleet], firstSlot)
      for (const name of ['each-minute', 'held', fleet[0] ?? '']) await world.assertEverySlotCounted(name)
      const held = (await world.get('held')).status
      assert.ok((held?.slots?.skipped['Suspended'] ?? 0) > 0, JSON.stringify(held?.slots))
      assert.deepEqual(await world.jobs('held'), [])
      const [first] = await world.jobs('each-minute')
      const job = await user.ended(first?.metadata.name ?? '')
      assert.equal(reasonOf(job), 'Succeeded', JSON.stringify(job.status?.conditions))
    },
  )

  await t.test(
    'S5.22 S5.19 killed with -9 while a minute begins, and started again: each has one run for it',
    async () => {
      await world.patch('held', {suspend: false})
      await user.until('the resume to be seen', async () =>
        (await world.get('held')).status?.conditions?.[0]?.reason === 'Scheduled' ? true : undefined,
      )
      const slot = nextMinute()
      await user.until('the first runs of the minute', async () =>
        (await world.jobs()).some(job => slotOf(job) === slot) ? true : undefined,
      )
      await world.killAndRestart()
      await world.accounted(['held', ...fleet], slot)
      for (const name of ['held', fleet[0] ?? '']) await world.assertEverySlotCounted(name)
      const schedules = (await world.all()).filter(({metadata}) => ['held', ...fleet].includes(metadata.name))
      const jobs = (await world.jobs()).filter(({spec}) => spec.application === nowhere.application)
      for (const schedule of schedules) {
        const {name} = schedule.metadata
        assertEverySlotAccounted(schedule)
        const runs = runsOf(schedule).filter(run => isUpTo(slot, Date.parse(run.slot)))
        const made = jobs.filter(({metadata}) => metadata.labels?.['charmkeeper.dev/schedule'] === name)
        assert.deepEqual(
          made
            .filter(job => slotOf(job) >= firstSlot)
            .map(({metadata}) => metadata.name)
            .toSorted(byName),
          runs.map(({job = ''}) => job).toSorted(byName),
        )
        assert.ok(
          made.some(job => slotOf(job) >= slot),
          `${name} has not run since ${new Date(slot).toISOString()}`,
        )
      }
    },
  )

  await t.test(
    'S5.9 S5.10 S5.12 the runs of a schedule by kubectl: page by page, in order, each with its end',
    async () => {
      const [name = ''] = fleet
      const ofFleet = ['get', 'backupjobs', `--selector=charmkeeper.dev/schedule=${name}`]
      const inOrder = [...ofFleet, '--sort-by=.metadata.creationTimestamp', '--chunk-size=1']
      await user.until('all runs to be over', async () =>
        (await world.jobs(name)).every(job => reasonOf(job) === 'ApplicationNotFound') ? true : undefined,
      )
      const table = await user.kubectlOk(...inOrder, '--no-headers')
      const rows = table.trim().split('\n')
      assert.ok(rows.length >= 2, table)
      const slots = rows.map(row => Number(/^fleet-0-(\d+)-/.exec(row)?.[1]))
      assert.deepEqual(
        slots,
        slots.toSorted((a, b) => a - b),
      )
      for (const row of rows) assert.match(row, / elsewhere +ApplicationNotFound /)
      const {status} = await world.get(name)
      assert.equal(status?.recentRuns?.at(-1)?.result, 'ApplicationNotFound')
    },
  )

  await t.test('S5.11 S5.25 one run is cleared; the schedule keeps what it knows of it', async () => {
    const [name = ''] = fleet
    const [job] = await world.jobs(name)
    const cleared = job?.metadata.name ?? ''
    await user.kubectlOk('delete', 'backupjob', cleared, '--timeout=60s')
    const {status} = await world.get(name)
    assert.ok(status?.recentRuns?.some(run => run.job === cleared && run.outcome !== 'Skipped'))
    assert.equal(status?.conditions?.find(({type}) => type === 'Ready')?.reason, 'Scheduled')
  })
})
