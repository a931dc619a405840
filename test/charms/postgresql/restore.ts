import {maintenance, unitView} from '../statuses.ts'
import {completed, failed, UncaughtCharmError} from '../machine.ts'
import type {CharmTask, TaskOutcome, UnitView} from '../machine.ts'
import type {RestoreStep} from './engine.ts'
import {chooseTarget, timeProblem} from './restore-target.ts'
import type {RestoreWish, TargetChoice} from './restore-target.ts'
import {outOfRange, readBackups, readTimelines} from './repository.ts'
import type {ReadFailure} from './repository.ts'
import {s3Parameters} from './s3-parameters.ts'
import {anotherCluster, pitrImpossible, stanzaOf} from './state.ts'
import type {CharmState} from './state.ts'

type Check = (state: CharmState, unit: UnitView, wish: RestoreWish) => Promise<string | undefined>

/** Why a unit does not restore; the order is the charm's. */
const checks: readonly Check[] = [
  async ({dialect, conditions}) =>
    dialect.refusesStandbyCluster && conditions.standbyCluster
      ? 'Restoring backups is not supported on a standby cluster. Run restore on the primary cluster instead.'
      : undefined,
  async ({host}) => {
    const lookup = await s3Parameters(host)
    return lookup.ok ? undefined : lookup.message
  },
  async (_state, _unit, wish) => timeProblem(wish),
  async (_state, {status}) =>
    status.status === 'blocked' && ![anotherCluster, pitrImpossible].includes(status.message)
      ? 'Cluster or unit is in a blocking state'
      : undefined,
  async ({host}) =>
    (await host.units()).length > 1
      ? 'Unit cannot restore backup as there are more than one unit in the cluster'
      : undefined,
  async ({dialect, conditions}) => (conditions.asyncReplication ? dialect.asyncReplication : undefined),
  async ({dialect, conditions}) => (conditions.logicalReplication ? dialect.logicalReplication : undefined),
  async (_state, unit) =>
    unit.leader ? undefined : 'Unit cannot restore backup as it was not elected the leader unit yet',
]

/** The action `restore`: it only starts the restore; `update-status` sees its end. */
export async function restore(state: CharmState, task: CharmTask): Promise<TaskOutcome> {
  const wish = wishOf(task)
  const unit = await unitView(state.host, task.unit)
  for (const check of checks) {
    const refusal = await check(state, unit, wish)
    if (refusal !== undefined) return failed(refusal)
  }
  const choice = await choose(state, wish)
  return choice.ok ? start(state, task, choice) : failed(choice.message)
}

function wishOf({parameters}: CharmTask): RestoreWish {
  const text = (key: string): string | undefined =>
    parameters[key] === undefined ? undefined : String(parameters[key] as string)
  return {backupId: text('backup-id'), toTime: text('restore-to-time')}
}

async function choose(state: CharmState, wish: RestoreWish): Promise<TargetChoice> {
  const {engine, dialect} = state
  const cannotList = ({step, run}: ReadFailure): TargetChoice => {
    if (dialect.restoreListFailed === undefined) throw new UncaughtCharmError(dialect.listRaises(step, run))
    return {ok: false, message: dialect.restoreListFailed}
  }
  const backups = await readBackups(engine)
  if (!backups.ok) return cannotList(backups)
  const timelines = await readTimelines(engine)
  if (!timelines.ok) return cannotList(timelines)
  const choice = chooseTarget(wish, backups.backups, timelines.timelines)
  if (choice === 'nothing to choose from') throw outOfRange()
  return choice
}

async function start(state: CharmState, task: CharmTask, choice: TargetChoice & {ok: true}): Promise<TaskOutcome> {
  const {host, engine} = state
  await host.setUnitStatus(task.unit, maintenance('restoring backup'))
  const problem = await engine.restore({stanza: stanzaOf(state), unit: task.unit, ...choice.target})
  if (problem !== undefined) return failed(stepFailure(state, problem.step, problem.detail))
  state.progress.restoring = true
  return completed({'restore-status': 'restore started'})
}

function stepFailure({dialect}: CharmState, step: RestoreStep, detail: string): string {
  const texts: Readonly<Record<RestoreStep, string>> = {
    stop: 'Failed to stop database service',
    override: dialect.overrideFailed,
    empty: 'Failed to remove contents of the data directory',
    remove: 'Failed to remove previous cluster information',
  }
  const named = step === 'remove' || (dialect.namesRestoreErrors && step !== 'override')
  return named ? `${texts[step]} with error: ${detail}` : texts[step]
}
