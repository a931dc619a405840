import * as stories from './stories.ts'
import {tellEach} from './tell-each.ts'

const ids = 'S1.5 S2.11'

// OpenSearch, ZooKeeper, etcd and Valkey share their way through the operator: one of them tells of all.
tellEach(ids, stories.storedBackup({charm: 'opensearch-2', profile: '3.6.14'}), ['killed after'])
tellEach(ids, stories.storedBackup({charm: 'zookeeper-3', profile: '4.0.12'}), [])
tellEach(ids, stories.storedBackup({charm: 'etcd-3.5', profile: '3.6.14'}), [])
tellEach(ids, stories.storedBackup({charm: 'valkey-k8s-9', profile: '4.0.12'}), [])
tellEach(ids, stories.backup({charm: 'somedb-1', profile: '3.6.14'}), ['reply late'])

const restored = `${ids} S1.22`

tellEach(restored, stories.restoreInPlace({charm: 'opensearch-2', profile: '4.0.12'}), [])
tellEach(restored, stories.restoreInPlace({charm: 'zookeeper-3', profile: '3.6.14'}), [])
tellEach(restored, stories.restoreInPlace({charm: 'etcd-3.5', profile: '4.0.12'}), [])
tellEach(restored, stories.restoreInPlace({charm: 'valkey-9-restore', profile: '3.6.14'}, 'restore-backup'), [
  'reply lost',
])
tellEach(restored, stories.restoreInPlace({charm: 'somedb-1', profile: '4.0.12'}), ['killed after'])
