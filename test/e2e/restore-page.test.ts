/** docs/restore.md, from top to bottom: its commands are run as they stand there, against a real PostgreSQL. */
import assert from 'node:assert/strict'
import path from 'node:path'
import {test} from 'node:test'
import {makeWorkDirectory} from '../env/work-directory.ts'
import {filledIn, readPage} from './support/page.ts'
import {messageOf, reasonOf, RestoreWorld} from './support/restore-world.ts'
import {Shell} from './support/shell.ts'

const page = readPage('restore.md')

test('S1.23 S1.24 S1.27 S2.2 the page for restores: each of its commands works, in the order of the page', async t => {
  const world = await RestoreWorld.start({charm: 'postgresql-16', units: 2})
  t.after(() => world.stop())
  const work = await makeWorkDirectory('ck-page')
  t.after(() => work.remove())
  const {user, rows, cluster} = world
  const {controlPlane, juju} = user.environment
  const shell = await Shell.open({
    dir: path.join(work.path, 'shell'),
    programs: {
      kubectl: `exec ${controlPlane.kubectlPath} --kubeconfig=${controlPlane.kubeconfigPath} "$@"`,
      juju: `JUJU_CONTROL=${juju.control} exec ${process.execPath} ${path.join(import.meta.dirname, 'support/juju-command.ts')} "$@"`,
    },
  })

  await rows.insert(1)
  const backupID = await world.backUp('postgresql-full')
  await rows.insert(2)
  const moment = await rows.now()
  await rows.insert(3)
  await world.archived()

  /** What has to be so, or to happen, before the first block below a heading. */
  const before: Readonly<Record<string, () => Promise<void>>> = {
    'When it is gone': async () => {
      await user.juju({op: 'remove-application', app: 'postgresql'})
      await cluster.renew()
    },
  }
  /** What is so after the last block below a heading. */
  const after: Readonly<Record<string, () => Promise<void>>> = {
    '2. Plan': async () => {
      const plan = await user.job('restore-2026-11-22-plan')
      assert.equal(reasonOf(plan), 'Planned')
      assert.equal(plan.status?.restore?.chosenBackupID, backupID)
      assert.deepEqual(plan.status?.restore?.blockers ?? [], [])
      assert.deepEqual(await rows.read(), [1, 2, 3])
    },
    '5. A point in time': async () => {
      const plan = (await user.job('restore-2026-11-22-moment-plan')).status?.restore
      assert.equal(Date.parse(plan?.moment ?? ''), Date.parse(moment))
      assert.deepEqual(plan?.blockers ?? [], [])
    },
    '6. Watch': async () => {
      const job = await user.job('restore-2026-11-22')
      assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
      assert.deepEqual(await rows.read(), [1])
    },
    '8. Cancel': async () => assert.equal(reasonOf(await user.job('restore-2026-11-22')), 'Succeeded'),
    'When it is gone': async () => {
      const job = await user.job('restore-2026-11-22-lost')
      assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
      assert.equal(job.status?.restore?.chosenBackupID, backupID)
      assert.deepEqual(await rows.read(), [1])
      const units = (await user.juju({op: 'units', app: 'postgresql'})) as readonly {readonly status: string}[]
      assert.deepEqual(
        units.map(({status}) => status),
        ['active', 'active', 'active'],
      )
    },
  }

  for (const [at, block] of page.blocks.entries()) {
    const {heading} = block
    if (page.blocks[at - 1]?.heading !== heading) await before[heading]?.()
    const script = filledIn(block, page.examples, {MOMENT: moment})
    await t.test(`${heading}: ${script.split('\n')[0]}`, async () => {
      await shell.run(script).catch(async (cause: unknown) => {
        throw new Error(`this failed: ${script}\n${await user.situation()}`, {cause})
      })
    })
    if (page.blocks[at + 1]?.heading !== heading) await after[heading]?.()
  }
  const headings = new Set(page.blocks.map(({heading}) => heading))
  for (const heading of [...Object.keys(before), ...Object.keys(after)])
    assert.ok(headings.has(heading), `the page has no commands below ${heading}`)
})
