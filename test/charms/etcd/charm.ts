import type {PlainCharm} from '../plain/machine.ts'
import {plainCharm} from '../plain/machine.ts'
import {MemoryPlainDatabase} from '../plain/memory-engine.ts'
import type {MemoryPlainOptions, PlainLayout} from '../plain/memory-engine.ts'
import {createBackup, listBackups, restore} from './actions.ts'
import {etcdDescription} from './description.ts'
import {shown} from './status.ts'
import type {EtcdConditions} from './status.ts'

export type EtcdCharm = PlainCharm<EtcdConditions>

/** One object: the snapshot of the database. */
const layout: PlainLayout = (id, number) => [{key: id, text: `snapshot ${number} of etcd, ${id}\n`}]

export function memoryEtcd(options: MemoryPlainOptions): MemoryPlainDatabase {
  return new MemoryPlainDatabase(options, layout)
}

/** The charm of etcd. */
export function etcdCharm(engine: MemoryPlainDatabase): EtcdCharm {
  return plainCharm<EtcdConditions>({
    description: etcdDescription,
    engine,
    conditions: {adminSecret: true, downloads: true},
    dialect: {actions: {'create-backup': createBackup, 'list-backups': listBackups, restore}, shown},
  })
}
