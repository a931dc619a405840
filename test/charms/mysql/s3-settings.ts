import {pythonList} from '../python.ts'
import {readS3Parameters} from '../s3-parameters.ts'
import type {S3Parameters} from '../s3-parameters.ts'
import {s3Endpoint} from './state.ts'
import type {MysqlState} from './state.ts'

export type S3Settings = {readonly ok: true; readonly s3: S3Parameters} | {readonly ok: false; readonly message: string}

export const missingRelation = 'Missing relation with S3 integrator charm'

export async function s3Related({host}: MysqlState): Promise<boolean> {
  return (await host.relations(s3Endpoint)).length > 0
}

/** What the S3 relation gives, or the charm's words for what is missing there. */
export async function s3Settings({host}: MysqlState): Promise<S3Settings> {
  const [relation] = await host.relations(s3Endpoint)
  const reading = readS3Parameters(relation?.data ?? {})
  return reading.ok ? reading : {ok: false, message: `Missing S3 parameters: ${pythonList(reading.missing)}`}
}
