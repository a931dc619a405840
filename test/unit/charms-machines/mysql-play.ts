import {UncaughtCharmError} from '../../charms/machine.ts'
import {MemoryBucket} from '../../charms/memory-bucket.ts'
import type {MysqlStep} from '../../charms/mysql/engine.ts'
import {mysqlCharm} from '../../charms/mysql/machine.ts'
import type {MysqlCharm} from '../../charms/mysql/machine.ts'
import {MemoryMysql} from '../../charms/mysql/memory-engine.ts'
import {casesOf} from './replay.ts'
import {StubHost, unitViews} from './stub-host.ts'
import type {StatusSet} from './stub-host.ts'

/** A case of MySQL: much of the world that it was recorded in is told by its name only. */
export interface MysqlCase {
  readonly name: string
  readonly input: {
    readonly action: string
    readonly params?: Readonly<Record<string, unknown>>
    readonly planned?: number
    readonly leader?: boolean
    readonly s3?: Readonly<Record<string, string>> | null
    readonly objects?: readonly string[]
    readonly app?: Readonly<Record<string, string>>
    readonly peer?: Readonly<Record<string, string>>
    readonly upload?: readonly boolean[]
  }
  readonly output: {
    readonly task: 'completed' | 'failed' | 'uncaught exception'
    readonly message?: string
    readonly exception?: string
    readonly results?: Readonly<Record<string, unknown>>
    readonly statuses_set?: readonly StatusSet[]
  }
}

const unit = 'mysql/0'
const demoS3 = {bucket: 'demo-bucket', 'access-key': 'demo-access', 'secret-key': 'demo-secret', path: 'mysql'}

interface PlayedWorld {
  readonly engine: MemoryMysql
  readonly charm: MysqlCharm
}

const failing =
  (...steps: readonly MysqlStep[]) =>
  ({engine}: PlayedWorld): void => {
    for (const step of steps) engine.failing.add(step)
  }

const xtrabackupFails = ({engine}: PlayedWorld): void => engine.scriptBackup({fails: 'demo xtrabackup error'})

/** The worlds of cases whose input does not tell them. */
const worlds: Readonly<Record<string, (world: PlayedWorld) => void>> = {
  'create-backup: cluster status unknown': ({engine}) => void engine.silentAbout.add('cluster status'),
  'create-backup: cluster unhealthy': ({engine}) => void (engine.group.stated = 'NO_QUORUM'),
  'create-backup: cluster unhealthy, force': ({engine}) => void (engine.group.stated = 'NO_QUORUM'),
  'create-backup: other backup': ({engine}) =>
    void Object.assign(engine.group.instance(unit), {offline: true, hidden: true}),
  'create-backup: cannot check other backup': ({engine}) => void engine.silentAbout.add('topology'),
  'create-backup: member state unknown': ({engine}) => void engine.silentAbout.add('member'),
  'create-backup: state recovering': ({engine}) => void (engine.group.instance(unit).state = 'RECOVERING'),
  'create-backup: xtrabackup fails': xtrabackupFails,
  'create-backup: hide fails': failing('hide'),
  'create-backup: offline fails': failing('go offline'),
  'create-backup: post: delete temp fails': failing('delete backup directory'),
  'create-backup: xtrabackup fails and post fails': world => {
    xtrabackupFails(world)
    failing('delete backup directory')(world)
  },
  'restore: not connectable': ({engine}) => void engine.silentAbout.add('connection'),
  'restore: stop fails': failing('stop'),
  'restore: kill sessions fails': failing('kill sessions'),
  'restore: retrieve fails': failing('retrieve'),
  'restore: prepare fails': failing('prepare'),
  'restore: empty data fails': failing('empty data'),
  'restore: restore fails': failing('move back'),
  'restore: start fails': failing('start'),
  'restore: pitr fails': failing('recover to time'),
  'restore: create cluster fails': failing('create cluster'),
  'restore: rescan fails': failing('rescan'),
}

/** The objects that lay in the bucket when restores were recorded. */
function restorable(): readonly string[] {
  const name = 'finished, failed, in progress + strays'
  const found = casesOf<MysqlCase>('mysql-8.0/list-backups').find(each => each.name === name)
  return found?.input.objects ?? []
}

/** Runs one action in the world that a case describes. */
export async function playMysql({name, input, output}: MysqlCase) {
  const {action, params = {}, planned = 1, leader = true} = input
  const s3 = input.s3 === undefined ? demoS3 : input.s3
  const relations = s3 === null ? [] : [{id: 1, application: 's3-integrator', data: s3}]
  const host = new StubHost({
    application: 'mysql',
    units: unitViews('mysql', planned, {leader}),
    relations: {'s3-parameters': relations},
  })
  const id = output.results?.['backup-id']
  if (typeof id === 'string') host.clock.jumpWall(Date.parse(id) - host.clock.now())
  const bucket = new MemoryBucket()
  for (const key of input.objects ?? restorable()) await bucket.put(key, '')
  const engine = new MemoryMysql({clock: host.clock, bucket})
  const charm = mysqlCharm({engine})
  await engine.unitsChanged(host.views.map(view => view.name))
  engine.group.stated = 'OK'
  charm.conditions.s3Block = input.app?.['s3-block-message']
  if (input.peer?.['member-state'] === 'waiting') charm.conditions.waiting.add(unit)
  if (input.upload?.[1] === false) engine.store.uploadsFail = '.backup.log'
  setRole(host, engine, name)
  worlds[`${action}: ${name}`]?.({engine, charm})
  const {signal} = new AbortController()
  const task = {id: '1', unit, action, parameters: params, signal, log: async () => {}}
  const running = charm.deploy(host).runAction(task).catch(raised)
  await host.clock.advance(60_000)
  return {outcome: await running, statuses: host.set}
}

/** The recorded unit of several is a secondary while it is checked, and by the end of the backup the primary. */
function setRole({clock}: StubHost, {group}: MemoryMysql, name: string): void {
  if (name.startsWith('primary of 3') || group.primary !== unit) return
  if (group.size === 1) return
  group.primary = 'mysql/1'
  clock.setTimer(1, () => void (group.primary = unit))
}

function raised(error: unknown): {readonly raised: string} {
  if (error instanceof UncaughtCharmError) return {raised: error.message}
  throw error
}
