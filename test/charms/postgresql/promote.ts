import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import type {CharmState} from './state.ts'

/** The action `promote-to-primary`: within the cluster a switchover, of a whole cluster a matter of replication. */
export async function promote(state: CharmState, task: CharmTask): Promise<TaskOutcome> {
  const {scope, force} = task.parameters
  if (scope === 'cluster')
    return failed(
      'No primary cluster found. Run `create-replication` action in the cluster where the offer was created.',
    )
  if (scope !== 'unit') return failed('Scope should be either cluster or unit')
  if (force === true) return forcePromotion(state, task.unit)
  if (state.conditions.raftStuck) return failed('Raft is stuck. Set force to reinitialise with new primary')
  return switchOver(state, task.unit)
}

/** Makes the unit the primary of a cluster that lost its majority. */
async function forcePromotion({dialect, conditions, engine}: CharmState, unit: string): Promise<TaskOutcome> {
  if (!dialect.hasRaft) return failed('Suprerfluous force flag with unit scope')
  if (!conditions.raftStuck) return failed('Raft is not stuck')
  conditions.raftStuck = false
  await engine.switchover(unit)
  return completed({})
}

async function switchOver({dialect, engine}: CharmState, unit: string): Promise<TaskOutcome> {
  if (!dialect.hasRaft && (await engine.primary()) === unit) return completed({})
  switch (await engine.switchover(unit)) {
    case 'done':
      return completed({})
    case 'not-sync':
      return failed('Unit is not sync standby')
    case 'failed':
      return failed('Switchover failed or timed out, check the logs for details')
  }
}
