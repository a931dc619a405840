import {pythonList} from '../python.ts'
import type {CharmHost} from '../machine.ts'
import {readS3Parameters} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'

/** The endpoint at which PostgreSQL charms take S3 settings. */
export const s3Endpoint = 's3-parameters'

export type S3Lookup = {readonly ok: true; readonly s3: S3Parameters} | {readonly ok: false; readonly message: string}

/** What the S3 relation gives, or the charm's words for what is missing. */
export async function s3Parameters(host: CharmHost): Promise<S3Lookup> {
  const [relation] = await host.relations(s3Endpoint)
  if (relation === undefined)
    return {ok: false, message: 'Relation with s3-integrator charm missing, cannot create/restore backup.'}
  const reading = readS3Parameters(relation.data)
  return reading.ok ? reading : {ok: false, message: `Missing S3 parameters: ${pythonList(reading.missing)}`}
}
