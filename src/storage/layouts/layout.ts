/**
 * How the backups of a charm lie in the store. `SingleObject`: one object each. `None`: nobody knows, so nothing can be
 * looked for.
 */
export type StorageLayout = 'pgBackRest' | 'XtraBackup' | 'PBM' | 'OpenSearch' | 'ZooKeeper' | 'SingleObject' | 'None'
