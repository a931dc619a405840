import {createHash} from 'node:crypto'
import type {InfoBackup} from './pgbackrest-info.ts'

/** A pgBackRest repository's idea of one cluster. */
export interface RepositoryFacts {
  readonly stanza: string
  /** For example `15`. */
  readonly version: string
  /** 64 bits: more than a number can hold. */
  readonly systemId: bigint
  readonly backups: readonly InfoBackup[]
}

type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const format = 5
const pgbackrest = '2.45'
/** Catalog and control file versions of PostgreSQL 15; nobody compares them with the real ones. */
const catalog = {'db-catalog-version': 202209061, 'db-control-version': 1300}

/** `backup.info`: the index of finished backups, which pgBackRest writes last. */
export function backupInfoFile({version, systemId, backups}: RepositoryFacts): string {
  const database = {...catalog, 'db-id': 1, 'db-system-id': systemId, 'db-version': version}
  return infoFile({
    'backup:current': Object.fromEntries(backups.map(backup => [backup.label, currentEntry(backup)])),
    db: database,
    'db:history': {'1': {...catalog, 'db-system-id': systemId, 'db-version': version}},
  })
}

/** `archive.info` */
export function archiveInfoFile({version, systemId}: RepositoryFacts): string {
  return infoFile({
    db: {'db-id': 1, 'db-system-id': systemId, 'db-version': version},
    'db:history': {'1': {'db-id': systemId, 'db-version': version}},
  })
}

/** Files of every backup: one that no backup after the first has to copy, and one that each of them changes. */
const pgVersion = {name: 'pg_data/PG_VERSION', size: 3, repoSize: 12}
const catalogTable = {name: 'pg_data/base/5/1259', repoSize: 2048}
const userTable = {name: 'pg_data/base/5/16384', size: 8192, repoSize: 64}
const backupLabel = {name: 'pg_data/backup_label', size: 258, repoSize: 187}

/** `backup.manifest` of one backup, whose files are as large together as the backup says. */
export function manifestFile(facts: RepositoryFacts, backup: InfoBackup): string {
  const {start, stop} = backup.timestamp
  const references = [...(backup.reference ?? []), backup.label].join(',')
  return infoFile({
    backup: {
      'backup-archive-start': backup.archive.start,
      'backup-archive-stop': backup.archive.stop,
      'backup-bundle': true,
      'backup-label': backup.label,
      'backup-lsn-start': backup.lsn.start,
      'backup-lsn-stop': backup.lsn.stop,
      ...(backup.prior === null ? {} : {'backup-prior': backup.prior}),
      'backup-reference': references,
      'backup-timestamp-copy-start': start + 1,
      'backup-timestamp-start': start,
      'backup-timestamp-stop': stop,
      'backup-type': backup.type,
    },
    'backup:db': {...catalog, 'db-id': 1, 'db-system-id': facts.systemId, 'db-version': facts.version},
    'backup:option': {
      'option-archive-check': true,
      'option-backup-standby': false,
      'option-checksum-page': true,
      'option-compress': true,
      'option-compress-type': 'zst',
      'option-online': true,
    },
    'target:file': targetFiles(backup),
  })
}

function targetFiles({reference, timestamp, info}: InfoBackup): Readonly<Record<string, unknown>> {
  const [full] = reference ?? []
  const inherited = full === undefined ? {} : {reference: full}
  const own = full === undefined ? {bno: pgVersion.repoSize + catalogTable.repoSize} : {}
  const fixed = pgVersion.size + userTable.size + backupLabel.size
  const time = {timestamp: timestamp.start}
  return {
    [pgVersion.name]: {bni: 1, ...inherited, 'repo-size': pgVersion.repoSize, size: pgVersion.size, ...time},
    [backupLabel.name]: {'repo-size': backupLabel.repoSize, size: backupLabel.size, ...time},
    [catalogTable.name]: {
      bni: 1,
      bno: pgVersion.repoSize,
      ...inherited,
      'repo-size': catalogTable.repoSize,
      size: (info?.size ?? 0) - fixed,
      ...time,
    },
    [userTable.name]: {bni: 1, ...own, 'repo-size': userTable.repoSize, size: userTable.size, ...time},
  }
}

/** The objects with the content of those files that the backup holds itself: size in bytes, by key below its label. */
export function dataObjects({reference}: InfoBackup): ReadonlyMap<string, number> {
  const inherited = reference === null ? pgVersion.repoSize + catalogTable.repoSize : 0
  return new Map([
    ['bundle/1', inherited + userTable.repoSize],
    [`${backupLabel.name}.zst`, backupLabel.repoSize],
  ])
}

function currentEntry(backup: InfoBackup): Record<string, unknown> {
  const {archive, info, lsn, timestamp} = backup
  return {
    'backrest-format': format,
    'backrest-version': pgbackrest,
    'backup-archive-start': archive.start,
    'backup-archive-stop': archive.stop,
    'backup-error': backup.error,
    'backup-info-repo-size': info?.repository.size ?? 0,
    'backup-info-repo-size-delta': info?.repository.delta ?? 0,
    'backup-info-size': info?.size ?? 0,
    'backup-info-size-delta': info?.delta ?? 0,
    'backup-lsn-start': lsn.start,
    'backup-lsn-stop': lsn.stop,
    ...(backup.prior === null ? {} : {'backup-prior': backup.prior}),
    ...(backup.reference === null ? {} : {'backup-reference': backup.reference}),
    'backup-timestamp-start': timestamp.start,
    'backup-timestamp-stop': timestamp.stop,
    'backup-type': backup.type,
    'db-id': 1,
    'option-archive-check': true,
    'option-archive-copy': false,
    'option-backup-standby': false,
    'option-checksum-page': true,
    'option-compress': true,
    'option-hardlink': false,
    'option-online': true,
  }
}

/** pgBackRest's file format: sections of `key=JSON`, with the SHA-1 of the same content as one JSON text at the end. */
function infoFile(sections: Sections): string {
  const own = {'backrest-format': format, 'backrest-version': pgbackrest}
  const all: Sections = {backrest: own, ...sections}
  const checksum = createHash('sha1').update(pgbackrestJson(all)).digest('hex')
  const parts = Object.entries(all).map(([name, entries]) => section(name, entries))
  return `${parts.join('\n')}\n[backrest]\nbackrest-checksum="${checksum}"\n`
}

function section(name: string, entries: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(entries).map(([key, value]) => `${key}=${pgbackrestJson(value)}`)
  return `[${name}]\n${lines.join('\n')}\n`
}

/** JSON as pgBackRest writes it, 64-bit numbers included. */
export function pgbackrestJson(value: unknown): string {
  const marked = JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `bigint ${each}` : each))
  return marked.replaceAll(/"bigint (\d+)"/g, '$1')
}
