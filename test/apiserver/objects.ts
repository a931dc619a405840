/** The smallest objects that the API server takes; tests change what they are about. */
import type {Raw} from './harness.ts'

export function jujuModel(name: string, spec: object = {}): Raw {
  const controller = {endpoints: ['10.0.0.10:17070'], credentialsRef: {name: 'juju-operator'}}
  return {metadata: {name}, spec: {controller, model: {name: 'admin/prod'}, ...spec}}
}

export function backupStorage(name: string, s3: object = {}, spec: object = {}): Raw {
  return {metadata: {name}, spec: {s3: {bucket: 'backups', credentialsRef: {name: 's3-backups'}, ...s3}, ...spec}}
}

export function backupJob(name: string, spec: object = {}): Raw {
  return {metadata: {name}, spec: {modelRef: {name: 'prod'}, application: 'postgresql', ...spec}}
}

export function backupSchedule(name: string, spec: object = {}, job: object = {}): Raw {
  const jobTemplate = {spec: {modelRef: {name: 'prod'}, application: 'postgresql', ...job}}
  return {metadata: {name}, spec: {schedule: '0 2 * * *', jobTemplate, ...spec}}
}
