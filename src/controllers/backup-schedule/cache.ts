import type {BackupSchedule} from '../../api/backup-schedule.ts'
import {childrenKeyOf} from './child.ts'

const inNamespace = ({metadata}: BackupSchedule, name: string): string => `${metadata.namespace}/${name}`

/** Indexes of the informer of BackupSchedules; values are `namespace/name`, of the application with its JujuModel before it. */
export const scheduleIndexes = {
  byModel: (schedule: BackupSchedule) => [inNamespace(schedule, schedule.spec.jobTemplate.spec.modelRef.name)],
  byStorage: (schedule: BackupSchedule) => {
    const storage = schedule.spec.jobTemplate.spec.storageRef?.name
    return storage === undefined ? [] : [inNamespace(schedule, storage)]
  },
  byApplication: (schedule: BackupSchedule) => {
    const {modelRef, application} = schedule.spec.jobTemplate.spec
    return [inNamespace(schedule, `${modelRef.name}/${application}`)]
  },
  /** where its children carry it, see `scheduleKeyOf` */
  byChildrenKey: (schedule: BackupSchedule) => [childrenKeyOf(schedule)],
}
