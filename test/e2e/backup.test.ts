import {test} from 'node:test'
import assert from 'node:assert/strict'
import {jujuKinds} from '../env/juju/running-juju.ts'
import {UserWorld} from './support/user-world.ts'

for (const juju of jujuKinds)
  test(`S1.1 S1.7 S1.8 S1.10 S1.18 S2.1 S2.3 S2.5 S2.10 S2.13 S2.14 S2.15 S2.19 on Juju ${juju}: the examples, applied with kubectl, end with a backup that is proved`, async t => {
    const world = await UserWorld.start({juju})
    t.after(() => world.stop())
    const operator = await world.startOperator()

    await t.test('kubectl apply, kubectl wait', async () => {
      await world.applyExamples('backup-job.yaml', 'backup-storage.yaml', 'juju-model.yaml')
      await world.kubectlOk('wait', '--for=condition=Succeeded', '--timeout=90s', 'backupjob/postgresql-full')
    })

    await t.test(
      'the status is enough for a stranger, and pgBackRest itself reads the backup from the store',
      async () => {
        const {status} = await world.job('postgresql-full')
        const [stanza] = (await world.environment.cluster?.info()) ?? []
        const backup = stanza?.backup.find(({label}) => label === status?.artefact?.label)
        assert.equal(backup?.type, 'full')
        assert.equal(status?.artefact?.stanza, stanza?.name)
        assert.equal(status?.artefact?.bucket, 'backups')
        const keys = await world.environment.s3.listKeys('pg/backup')
        assert.ok(
          keys.includes(status?.artefact?.logPath ?? ''),
          `${status?.artefact?.logPath} is not among ${keys.join(' ')}`,
        )
        assert.equal(status?.conditions?.find(({type}) => type === 'Verified')?.reason, 'FoundInStore')
        assert.ok((status?.sizeBytes ?? 0) > 1_000_000)
        assert.equal(await world.backupTasks(), 1)
      },
    )

    await t.test('kubectl get tells the story', async () => {
      const table = await world.kubectlOk('get', 'backupjobs')
      assert.match(
        table,
        /^NAME +APPLICATION +STATUS +UNIT +BACKUP +AGE\npostgresql-full +postgresql +Succeeded +postgresql\/\d +2\d{3}-/,
      )
      const described = await world.kubectlOk('describe', 'backupjob', 'postgresql-full')
      assert.match(described, /BackupStarted[\s\S]*BackupSucceeded/)
      assert.match(await world.kubectlOk('get', 'jujumodel,backupstorage'), /Connected[\s\S]*Available/)
    })

    await t.test('a backup on top of it is incremental, with the declared parent', async () => {
      await world.applyExamples('backup-job-incremental.yaml')
      const {status} = await world.ended('postgresql-incremental')
      assert.equal(status?.conditions?.[0]?.reason, 'Succeeded', status?.conditions?.[0]?.message)
      assert.equal(status?.parentBackupID, (await world.job('postgresql-full')).status?.backupID)
    })

    await t.test('S1.5 S2.11 killed with -9 while a backup runs, the operator goes on with the same task', async () => {
      const before = await world.backupTasks()
      await world.applyJob('survives')
      await world.until('the backup runs', async () =>
        (await world.reason('survives')) === 'Running' ? true : undefined,
      )
      operator.daemon.signal('SIGKILL')
      await world.startOperator()
      const {status} = await world.ended('survives')
      assert.equal(status?.conditions?.[0]?.reason, 'Succeeded', status?.conditions?.[0]?.message)
      assert.equal(await world.backupTasks(), before + 1)
    })

    await t.test('S2.10 no secret is in any status, event, log line or metric', async () => {
      const replica = await world.startOperator()
      const metrics = await (await fetch(replica.metricsUrl)).text()
      assert.match(metrics, /charmkeeper_|controller_runtime_/)
      const told = await world.kubectlOk('get', 'jujumodels,backupstorages,backupjobs,events', '--output=yaml')
      const {juju: server, s3} = world.environment
      for (const secret of [server.password, s3.secretKey, s3.accessKey]) {
        assert.equal(told.includes(secret), false, 'a secret is in an object')
        assert.equal(world.logs().includes(secret), false, 'a secret is in the log')
        assert.equal(metrics.includes(secret), false, 'a secret is in the metrics')
      }
    })

    await t.test('S2.22 clearing the history deletes no artefact', async () => {
      const before = await world.environment.s3.listKeys('pg/backup')
      await world.kubectlOk('delete', 'backupjobs', '--all', '--timeout=60s')
      assert.deepEqual(await world.environment.s3.listKeys('pg/backup'), before)
    })
  })
