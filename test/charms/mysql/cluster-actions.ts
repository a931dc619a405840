import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {unitView} from '../statuses.ts'
import type {MysqlState} from './state.ts'
import {updateStatus} from './status.ts'

/** The action `get-cluster-status`: what MySQL Shell says, all of it in lower case. */
export async function getClusterStatus({engine}: MysqlState, task: CharmTask): Promise<TaskOutcome> {
  const wholeSet = task.parameters['cluster-set'] === true
  const status = wholeSet ? await engine.clusterSetStatus(task.unit) : await engine.clusterStatus(task.unit)
  if (status === undefined) return failed('Failed to read cluster status. See logs for more information.')
  const lower = JSON.parse(JSON.stringify(status).toLowerCase()) as Readonly<Record<string, unknown>>
  return completed({success: 'True', status: lower})
}

/** The action `promote-to-primary`. Without a scope it does nothing and says nothing. */
export async function promoteToPrimary(state: MysqlState, task: CharmTask): Promise<TaskOutcome> {
  const {scope} = task.parameters
  if (scope === 'unit') return promoteUnit(state, task)
  return scope === 'cluster' ? promoteCluster(state, task) : completed({})
}

async function promoteUnit({engine}: MysqlState, {unit, signal, parameters}: CharmTask): Promise<TaskOutcome> {
  const message = 'Unit is already primary'
  if ((await engine.primary()) === unit) return completed({success: 'False', message})
  const [step, what] =
    parameters['force'] === true
      ? (['force quorum', 'force quorum from instance'] as const)
      : (['set primary', 'change cluster primary'] as const)
  if (!(await engine.step(step, {unit, signal}))) return failed(`Failed to ${what}. See logs for more information.`)
  return completed({success: 'True', message})
}

async function promoteCluster(state: MysqlState, {unit, signal}: CharmTask): Promise<TaskOutcome> {
  const {host, engine, conditions} = state
  if (!(await unitView(host, unit)).leader) return failed('Only the leader unit can promote a standby cluster')
  if (!conditions.standbyCluster) return failed('Only a standby cluster can be promoted')
  if (!(await engine.step('promote cluster', {unit, signal}))) return failed('Failed to promote cluster to primary')
  conditions.standbyCluster = false
  await updateStatus(state, unit)
  return completed({message: `Cluster ${engine.clusterName()} promoted to primary`})
}
