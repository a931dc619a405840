import {plainCharm} from '../plain/machine.ts'
import type {PlainCharm} from '../plain/machine.ts'
import {MemoryPlainDatabase} from '../plain/memory-engine.ts'
import type {MemoryPlainOptions} from '../plain/memory-engine.ts'
import {createBackup, listBackups, restore} from './actions.ts'
import {zookeeperDescription} from './description.ts'
import {zookeeperLayout} from './layout.ts'
import {shown} from './status.ts'
import type {ZookeeperConditions} from './status.ts'

export type ZookeeperCharm = PlainCharm<ZookeeperConditions>

export function memoryZookeeper(options: MemoryPlainOptions): MemoryPlainDatabase {
  return new MemoryPlainDatabase(options, zookeeperLayout)
}

/** The charm of ZooKeeper. */
export function zookeeperCharm(engine: MemoryPlainDatabase): ZookeeperCharm {
  return plainCharm<ZookeeperConditions>({
    description: zookeeperDescription,
    engine,
    conditions: {stable: true},
    dialect: {actions: {'create-backup': createBackup, 'list-backups': listBackups, restore}, shown},
  })
}
