/** What PBM knows of a backup. Times in ms since the epoch. */
export interface PbmBackup {
  readonly name: string
  readonly replicaSet: string
  readonly type: 'logical'
  status: 'starting' | 'running' | 'dumpDone' | 'done' | 'canceled' | 'error'
  error: string | undefined
  readonly started: number
  /** When its status changed last. */
  changed: number
  /** When its agents died with it. */
  died: number | undefined
}

/** Objects of a store by key. */
export type Objects = readonly (readonly [key: string, text: string])[]

export const pbmVersion = '2.4.1'

const collections = ['admin.system.users', 'admin.system.roles', 'admin.system.version', 'demo.orders', 'demo.items']
const dataBytes = 1_286_344

const folderOf = ({name, replicaSet}: PbmBackup): string => `${name}/${replicaSet}`

/** What a dump has uploaded before it comes to its end. */
export function earlyFiles(backup: PbmBackup): Objects {
  return collections.slice(0, 3).map(name => [`${folderOf(backup)}/${name}.s2`, `${name} of ${backup.name}\n`])
}

/** The rest of the data, and the operations that happened during the dump. */
export function lateFiles(backup: PbmBackup): Objects {
  const folder = folderOf(backup)
  const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')
  return [
    ...collections.slice(3).map(name => [`${folder}/${name}.s2`, `${name} of ${backup.name}\n`] as const),
    [`${folder}/metadata.json`, `${JSON.stringify({collections})}\n`],
    [`${folder}/oplog/${stamp(backup.started)}-1.${stamp(backup.changed)}-1.s2`, `operations of ${backup.name}\n`],
  ]
}

/** `<name>.pbm.json`: PBM writes it when all else is there. */
export function metadataFile(backup: PbmBackup, {bucket, prefix}: {bucket: string; prefix: string}): string {
  const {name, replicaSet, type, status} = backup
  const start = seconds(backup.started)
  const end = seconds(backup.changed)
  const write = {T: end, I: 1}
  const metadata = {
    type,
    opid: objectId(start, 1),
    name,
    replsets: [{name: replicaSet, start_ts: start, status, last_transition_ts: end, first_write_ts: {T: start, I: 1}}],
    compression: 's2',
    store: {type: 's3', s3: {bucket, prefix}},
    size: dataBytes,
    mongodb_version: '6.0.6-5',
    fcv: '6.0',
    start_ts: start,
    last_transition_ts: end,
    first_write_ts: {T: start, I: 1},
    last_write_ts: write,
    hb: write,
    status,
    conditions: [
      {timestamp: start, status: 'starting'},
      {timestamp: end, status},
    ],
    n: [{rs: replicaSet, n: [], ack: ''}],
    pbm_version: pbmVersion,
    balancer: '',
  }
  return JSON.stringify(metadata, undefined, '\t')
}

/** The backup that a metadata file tells of. */
export function backupOf(text: string): PbmBackup {
  const read = JSON.parse(text) as {
    name: string
    replsets: readonly {name: string}[]
    status: PbmBackup['status']
    start_ts: number
    last_transition_ts: number
  }
  return {
    name: read.name,
    replicaSet: read.replsets.map(each => each.name).join(', '),
    type: 'logical',
    status: read.status,
    error: undefined,
    started: read.start_ts * 1000,
    changed: read.last_transition_ts * 1000,
    died: undefined,
  }
}

function objectId(time: number, count: number): string {
  return time.toString(16).padStart(8, '0') + count.toString(16).padStart(16, '0')
}

const seconds = (ms: number): number => Math.floor(ms / 1000)
