import * as stories from './stories.ts'
import {everything, tellEach} from './tell-each.ts'

const ids = 'S1.5 S2.11'

tellEach(ids, stories.backup({charm: 'postgresql-16', profile: '3.6.14'}), everything)
tellEach(ids, stories.backup({charm: 'postgresql-16', profile: '4.0.12'}), ['killed after'])
tellEach(ids, stories.backup({charm: 'mysql-8.0', profile: '3.6.14'}), ['killed after'])
tellEach(ids, stories.backup({charm: 'mysql-8.0', profile: '4.0.12'}), ['reply lost'])
tellEach(ids, stories.backup({charm: 'mongodb-6', profile: '3.6.14'}), ['killed before'])
tellEach(ids, stories.backup({charm: 'mongodb-6', profile: '4.0.12'}), ['reply late'])
tellEach(ids, stories.storedBackup({charm: 'postgresql-k8s-16', profile: '3.6.14'}), ['reply lost'])
tellEach(ids, stories.storedBackup({charm: 'mysql-k8s-8.0', profile: '4.0.12'}), ['killed after'])
tellEach(`${ids} S1.11`, stories.forcedCancel('postgresql-16'), ['killed after', 'reply lost'])
tellEach(`${ids} S1.53`, stories.hooked({charm: 'postgresql-16', profile: '4.0.12'}), ['killed after'])
tellEach(`${ids} S1.19`, stories.imported({charm: 'postgresql-16', profile: '3.6.14'}), ['killed after'])
