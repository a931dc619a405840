import {mongodbReplays} from './mongodb-replays.ts'
import {testReplay} from './replay.ts'

for (const replay of mongodbReplays) testReplay(replay)
