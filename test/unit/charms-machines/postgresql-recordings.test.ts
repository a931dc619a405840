import {postgresqlReplays} from './postgresql-replays.ts'
import {testReplay} from './replay.ts'

for (const replay of postgresqlReplays) testReplay(replay)
