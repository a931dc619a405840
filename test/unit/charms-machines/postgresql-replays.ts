import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {completionReplay} from './completion-replay.ts'
import {nextReplay} from './next-replay.ts'
import {play, recordedOutcome} from './postgresql-play.ts'
import type {RecordedCase} from './recordings.ts'
import {replayOf} from './replay.ts'
import type {Comparison, Replay} from './replay.ts'

const charms = ['postgresql-14', 'postgresql-16', 'postgresql-k8s-14', 'postgresql-k8s-16'] as const
const actions = ['create-backup', 'list-backups', 'restore'] as const

/** The PostgreSQL charms, as their whole code was run. */
export const postgresqlReplays: readonly Replay[] = [
  ...charms.flatMap(charm =>
    actions.map(action => replayOf<RecordedCase>(`${charm}/${action}`, recorded => compare(charm, action, recorded))),
  ),
  completionReplay,
  nextReplay,
]

async function compare(charm: PostgresqlCharmId, action: string, {input, output}: RecordedCase): Promise<Comparison> {
  const {outcome, statuses, after, engine} = await play(charm, action, input)
  const {unit_status_after: shown, unit_statuses_set: set = []} = output
  return {
    played: {
      outcome,
      statuses,
      after: shown === undefined ? undefined : after,
      runs: engine.backups.map(({type, fromStandby}) => ({type, fromStandby})),
    },
    recorded: {outcome: recordedOutcome(output), statuses: set, after: shown, runs: backupRuns(output)},
  }
}

/** What of the commands that the charm ran were backups. */
function backupRuns({commands = []}: RecordedCase['output']): readonly {type: string; fromStandby: boolean}[] {
  return commands.flatMap(words => {
    const type = words.find(word => word.startsWith('--type='))
    if (type === undefined || !words.includes('backup')) return []
    return [{type: type.replace('--type=', ''), fromStandby: !words.includes('--no-backup-standby')}]
  })
}
