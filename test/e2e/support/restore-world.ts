import assert from 'node:assert/strict'
import type {BackupJob} from '../../../src/api/backup-job.ts'
import type {EnvironmentOptions} from '../../env/environment.ts'
import {Rows} from '../../env/postgres/rows.ts'
import {quickPace} from '../../juju-simulator/world/pace.ts'
import {UserWorld} from './user-world.ts'

/** Nobody waits for a cloud here, and the charm looks at its restore often. */
const quick = {updateStatusEvery: 1000, pace: quickPace} as const

/** A user with a real PostgreSQL, its data, and an operator that runs. */
export class RestoreWorld {
  readonly user: UserWorld
  readonly rows: Rows

  private constructor(user: UserWorld, rows: Rows) {
    this.user = user
    this.rows = rows
  }

  static async start(options: Omit<EnvironmentOptions, 'dir'>): Promise<RestoreWorld> {
    const user = await UserWorld.start({...quick, ...options})
    try {
      await user.startOperator()
      await user.applyExamples('backup-storage.yaml', 'juju-model.yaml')
      return new RestoreWorld(user, new Rows(postgresqlOf(user)))
    } catch (error) {
      await user.stop()
      throw error
    }
  }

  get cluster() {
    return postgresqlOf(this.user)
  }

  /** A backup, made and proved. @returns its id */
  async backUp(name: string, type: 'Full' | 'Differential' | 'Incremental' = 'Full'): Promise<string> {
    await this.user.applyJob(name, {backup: {type}})
    const job = await this.user.ended(name)
    assert.equal(reasonOf(job), 'Succeeded', messageOf(job))
    await this.nextSecond()
    return job.status?.backupID ?? ''
  }

  /** Backups and objects in the store have their times in whole seconds: a moment in the same one may be before or after. */
  async nextSecond(): Promise<void> {
    const second = async () => (await this.rows.now()).slice(0, 19)
    const before = await second()
    await this.user.until('the next second', async () => ((await second()) > before ? true : undefined))
  }

  /** All that was committed so far can be restored from the store. */
  async archived(): Promise<void> {
    await this.nextSecond()
    await this.cluster.archiveNow()
  }

  /** A restore that only plans, over. */
  async plan(name: string, restore: Readonly<Record<string, unknown>> = {}): Promise<BackupJob> {
    await this.user.applyJob(name, {type: 'Restore', restore})
    return this.user.ended(name)
  }

  /** A restore with all that it takes to be done, over. */
  async restore(name: string, restore: Readonly<Record<string, unknown>> = {}): Promise<BackupJob> {
    await this.user.applyJob(name, {type: 'Restore', restore: {...(await this.toExecute(name)), ...restore}})
    return this.user.ended(name)
  }

  /** What a person writes who means it. */
  async toExecute(requestID: string): Promise<Readonly<Record<string, unknown>>> {
    const modelUUID = await this.user.kubectlOk('get', 'jujumodel', 'prod', '--output=jsonpath={.status.modelUUID}')
    const validUntil = new Date(Date.now() + 3_600_000).toISOString()
    return {mode: 'Execute', requestID, confirmation: {application: 'postgresql', modelUUID, validUntil}}
  }

  stop(): Promise<void> {
    return this.user.stop()
  }
}

function postgresqlOf({environment}: UserWorld) {
  if (environment.cluster === undefined) throw new Error('this world has no real PostgreSQL')
  return environment.cluster
}

const succeeded = (job: BackupJob) => job.status?.conditions?.find(({type}) => type === 'Succeeded')
export const reasonOf = (job: BackupJob): string => succeeded(job)?.reason ?? ''
export const messageOf = (job: BackupJob): string => succeeded(job)?.message ?? ''
