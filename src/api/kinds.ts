import {backupJobKind} from './backup-job.ts'
import {backupScheduleKind} from './backup-schedule.ts'
import {backupStorageKind} from './backup-storage.ts'
import {jujuModelKind} from './juju-model.ts'
import type {KindDefinition} from './kind.ts'

/** Every kind, in the order in which a newcomer meets them. */
export const kinds: readonly KindDefinition[] = [jujuModelKind, backupStorageKind, backupJobKind, backupScheduleKind]
