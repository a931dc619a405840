import {plainCharm} from '../plain/machine.ts'
import type {PlainCharm} from '../plain/machine.ts'
import {MemoryPlainDatabase} from '../plain/memory-engine.ts'
import type {MemoryPlainOptions, PlainLayout} from '../plain/memory-engine.ts'
import {createBackup, listBackups, restore} from './actions.ts'
import {describeValkey} from './description.ts'
import type {ValkeyCharmId} from './description.ts'
import {shown} from './status.ts'
import type {ValkeyConditions} from './status.ts'

export type ValkeyCharm = PlainCharm<ValkeyConditions>

/** One object: the stream of an RDB file, with its magic word. */
const layout: PlainLayout = (id, number) => [{key: id, text: `VALKEY080 stream ${number} of ${id}\n`}]

export function memoryValkey(options: MemoryPlainOptions): MemoryPlainDatabase {
  return new MemoryPlainDatabase(options, layout)
}

/** A charm of Valkey. */
export function valkeyCharm(id: ValkeyCharmId, engine: MemoryPlainDatabase): ValkeyCharm {
  const actions = {'create-backup': createBackup, 'list-backups': listBackups}
  return plainCharm<ValkeyConditions>({
    description: describeValkey(id),
    engine,
    conditions: {},
    dialect: {actions: id.endsWith('-restore') ? {...actions, 'restore-backup': restore} : actions, shown},
  })
}
