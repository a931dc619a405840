import * as stories from './stories.ts'
import {tellEach} from './tell-each.ts'

const ids = 'S1.5 S1.30 S2.11'

tellEach(ids, stories.restore({charm: 'postgresql-16', profile: '3.6.14'}), ['killed after'])
tellEach(ids, stories.restore({charm: 'postgresql-16', profile: '4.0.12'}), ['reply lost'])
tellEach(ids, stories.restore({charm: 'mysql-8.0', profile: '4.0.12'}), ['reply late'])
tellEach(ids, stories.restore({charm: 'mongodb-6', profile: '3.6.14'}), ['killed after'])
tellEach(`${ids} S1.23`, stories.momentRestore({charm: 'postgresql-k8s-16', profile: '4.0.12'}), ['killed before'])
