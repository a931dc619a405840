import {backupIdOfNow} from '../backup-ids.ts'
import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {keyBelow} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {blocked, maintenance} from '../statuses.ts'
import {missingRelation, s3Related, s3Settings} from './s3-settings.ts'
import type {MysqlState} from './state.ts'
import {updateStatus} from './status.ts'
import {firstFailure} from './steps.ts'

/** The action `create-backup`; it runs until xtrabackup has ended. */
export async function createBackup(state: MysqlState, task: CharmTask): Promise<TaskOutcome> {
  const {engine, host} = state
  const refusal = await notNow(state, task.unit)
  if (refusal !== undefined) return failed(refusal)
  const id = backupIdOfNow(host.clock)
  const settings = await s3Settings(state)
  if (!settings.ok) return failed(settings.message)
  const {s3} = settings
  const unhealthy = (await clusterProblem(state, task.unit)) ?? (await unitProblem(state, task.unit))
  if (unhealthy !== undefined && task.parameters['force'] !== true) return failed(unhealthy)
  if (!(await engine.store.upload(s3, keyBelow(s3, `${id}.metadata`), metadata(state, task, id))))
    return failed('Failed to upload metadata to provided S3')
  const unprepared = await prepare(state, task)
  if (unprepared !== undefined) return failed(unprepared)
  return run(state, task, s3, id)
}

async function notNow(state: MysqlState, unit: string): Promise<string | undefined> {
  if (!(await s3Related(state))) return missingRelation
  if (state.conditions.s3Block !== undefined) return 'S3 relation is blocked for write'
  return (await state.engine.running(unit)) ? undefined : 'Process mysqld not running'
}

async function clusterProblem({engine}: MysqlState, unit: string): Promise<string | undefined> {
  const cluster = await engine.clusterStatus(unit)
  if (cluster === undefined) return 'Cluster status unknown'
  return ['OK', 'OK_PARTIAL'].includes(cluster.defaultReplicaSet.status)
    ? undefined
    : 'Cluster is not in a healthy state'
}

async function unitProblem({host, engine, conditions}: MysqlState, unit: string): Promise<string | undefined> {
  if (conditions.waiting.has(unit)) return 'Unit is waiting to start or restart'
  const busy = await engine.offlineAndHidden()
  if (busy === undefined) return 'Failed to check if a backup is already in progress'
  if (busy) return 'Backup already in progress on another unit'
  const member = await engine.member(unit)
  if (member === undefined) return 'Error obtaining member state'
  if (member.role === 'PRIMARY' && (await host.units()).length > 1)
    return 'Unit cannot perform backups as it is the cluster primary'
  return member.state === 'ONLINE' ? undefined : `Unit cannot perform backups as its state is ${member.state}`
}

function metadata({host}: MysqlState, task: CharmTask, id: string): string {
  const lines = [
    `Date Backup Requested: ${id}`,
    `Model Name: ${host.model.name}`,
    `Application Name: ${host.application}`,
    `Unit Name: ${task.unit}`,
    `Juju Version: ${host.jujuVersion}`,
  ]
  return `${lines.join('\n')}\n`
}

/** Takes the unit out of service; an only unit stays in it. */
async function prepare({host, engine}: MysqlState, {unit, signal}: CharmTask): Promise<string | undefined> {
  if ((await host.units()).length === 1) return undefined
  if (!(await engine.step('hide', {unit, signal}))) return 'Error setting instance option tag:_hidden'
  if (await engine.step('go offline', {unit, signal})) return undefined
  await engine.step('unhide', {unit, signal})
  return 'Error setting instance as offline before performing backup'
}

async function run(state: MysqlState, task: CharmTask, s3: S3Parameters, id: string): Promise<TaskOutcome> {
  const {host, engine} = state
  const {unit, signal} = task
  await host.setUnitStatus(unit, maintenance('Running backup...'))
  const ran = await engine.backup({unit, id, s3, signal})
  const log = ran.ok ? `Stdout:\n${ran.log}\n\nStderr:\n` : `Stdout:\n\n\nStderr:\n${ran.log}`
  const logged = await engine.store.upload(s3, keyBelow(s3, `${id}.backup.log`), log)
  const problem = backupProblem(ran.ok, logged)
  const left = await cleanUp(state, task)
  if (left !== undefined) await host.setUnitStatus(unit, blocked('Failed to create backup; instance in bad state'))
  const message = problem ?? left
  if (message !== undefined) return failed(message)
  await updateStatus(state, unit)
  return completed({'backup-id': id})
}

function backupProblem(ok: boolean, logged: boolean): string | undefined {
  if (!ok) return 'Error backing up the database'
  return logged ? undefined : 'Error uploading logs to S3'
}

/** Puts the unit back into service, whatever became of the backup. */
function cleanUp({engine}: MysqlState, {unit, signal}: CharmTask): Promise<string | undefined> {
  return firstFailure(engine, {unit, signal}, [
    ['delete backup directory', 'Error deleting temp backup directory'],
    ['go online', 'Error unsetting instance as offline before performing backup'],
    ['unhide', 'Error setting instance option tag:_hidden'],
  ])
}
