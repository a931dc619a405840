import {playMysql} from './mysql-play.ts'
import type {MysqlCase} from './mysql-play.ts'
import {recordedOutcome} from './postgresql-play.ts'
import {replayOf} from './replay.ts'
import type {Replay} from './replay.ts'

const actions = ['create-backup', 'list-backups', 'restore'] as const

/** The MySQL charm for machines, as its whole code was run; that for Kubernetes has the same library. */
export const mysqlReplays: readonly Replay[] = actions.map(action =>
  replayOf<MysqlCase>(`mysql-8.0/${action}`, async recorded => {
    const {statuses_set: statuses = []} = recorded.output
    return {played: await playMysql(recorded), recorded: {outcome: recordedOutcome(recorded.output), statuses}}
  }),
)
