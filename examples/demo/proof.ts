import {globSync} from 'node:fs'
import path from 'node:path'
import type {BackupJob} from '../../src/api/backup-job.ts'
import type {Environment} from '../../test/env/environment.ts'

/**
 * Reads the backups back from the store without any part of the operator.
 *
 * @returns what pgBackRest prints
 * @throws Error naming a backup that pgBackRest does not know
 */
export async function proveBackups(environment: Environment, jobs: readonly BackupJob[]): Promise<string> {
  const {cluster, s3} = environment
  if (cluster === undefined) return proveFiles(s3.dataDir, jobs)
  const stanzas = await cluster.info()
  const known = stanzas.flatMap(({backup}) => backup.map(({label, error}) => (error === true ? '' : label)))
  for (const job of jobs) {
    const label = labelOf(job)
    if (!known.includes(label)) throw new Error(`pgBackRest knows ${known.join(', ') || 'no backup'}, but not ${label}`)
  }
  return (await cluster.pgbackrest(['info'])).stdout.trimEnd()
}

/** Without a PostgreSQL there is no pgBackRest either: its files in the store have to do. */
function proveFiles(dataDir: string, jobs: readonly BackupJob[]): string {
  const lines = jobs.map(job => {
    const {bucket = '', path: repository = '', stanza = ''} = job.status?.artefact ?? {}
    const folder = path.join(bucket, repository, 'backup', stanza, labelOf(job))
    const files = globSync('**/*', {cwd: path.join(dataDir, folder), withFileTypes: true}).filter(entry =>
      entry.isFile(),
    )
    if (files.length === 0) throw new Error(`the store has nothing in ${folder}`)
    return `${folder}: ${files.length} files`
  })
  return lines.join('\n')
}

function labelOf(job: BackupJob): string {
  const label = job.status?.artefact?.label
  if (label === undefined) throw new Error(`${job.metadata.name} does not say where its backup is`)
  return label
}
