import {mysqlReplays} from './mysql-replays.ts'
import {testReplay} from './replay.ts'

for (const replay of mysqlReplays) testReplay(replay)
