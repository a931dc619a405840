import {createHash} from 'node:crypto'

/** Objects of a store by key. */
export type Objects = readonly (readonly [key: string, text: string])[]

const files = [
  'ibdata1',
  'mysql.ibd',
  'undo_001',
  'undo_002',
  'backup-my.cnf',
  'xtrabackup_logfile',
  'xtrabackup_binlog_info',
  'xtrabackup_checkpoints',
  'xtrabackup_info',
] as const

/** How many of the files are there before xtrabackup comes to its end. */
const earlyFiles = 4

/** xbcloud's chunks of a file: its content, and an empty one that ends it. */
function chunksOf(prefix: string, file: string, id: string): Objects {
  const chunk = (number: number): string => `${prefix}/${file}.${String(number).padStart(20, '0')}`
  return [
    [chunk(0), `${file} of ${id}\n`],
    [chunk(1), ''],
  ]
}

/** What `xbcloud put` has uploaded while xtrabackup still copies. @param prefix the backup's own key */
export function earlyChunks(prefix: string, id: string): Objects {
  return files.slice(0, earlyFiles).flatMap(file => chunksOf(prefix, file, id))
}

/** What it uploads at the end. */
export function lateChunks(prefix: string, id: string): Objects {
  return files.slice(earlyFiles).flatMap(file => chunksOf(prefix, file, id))
}

/** The file of sums that `xbcloud put --md5` writes last: it means that the backup is whole. */
export function md5File(id: string, chunks: Objects): string {
  const lines = chunks.map(([key, text]) => {
    const name = key.slice(key.lastIndexOf(`${id}/`) + id.length + 1)
    return `${createHash('md5').update(text).digest('hex')}  ${name}`
  })
  return `${lines.join('\n')}\n`
}

/** One binary log as the collector uploads it, with the set of transactions in it. @param seconds since the epoch */
export function binlogObjects(prefix: string, seconds: number, group: string, last: number): Objects {
  const sum = createHash('md5').update(`${group} ${last}`).digest('hex')
  const key = `${prefix}/binlog_${seconds}_${last}_${sum}`
  const gtids = `${group}:1-${last}`
  return [
    [key, `binary log of ${gtids}\n`],
    [`${key}-gtid-set`, gtids],
    [`${prefix}/last-binlog-set-${group}`, gtids],
  ]
}
