import type {MysqlStep} from './engine.ts'
import type {MemoryGroup} from './memory-group.ts'

/** What steps change in a group and its instances; the others leave it as it is. */
export const stepEffects: Readonly<Partial<Record<MysqlStep, (group: MemoryGroup, unit: string) => void>>> = {
  hide: (group, unit) => void (group.instance(unit).hidden = true),
  unhide: (group, unit) => void (group.instance(unit).hidden = false),
  'go offline': (group, unit) => void (group.instance(unit).offline = true),
  'go offline for restore': (group, unit) => void (group.instance(unit).offline = true),
  'go online': (group, unit) => void (group.instance(unit).offline = false),
  stop: (group, unit) => group.stop(unit),
  'empty data': (group, unit) => void (group.instance(unit).data = false),
  'move back': (group, unit) => void (group.instance(unit).data = true),
  start: (group, unit) => group.start(unit),
  restart: (group, unit) => group.start(unit),
  'create cluster': (group, unit) => group.create(unit),
  'reboot cluster': (group, unit) => group.reboot(unit),
  rejoin: (group, unit) => void (group.instance(unit).state = 'ONLINE'),
  'set primary': (group, unit) => void (group.primary = unit),
  'force quorum': (group, unit) => void (group.primary = unit),
}
