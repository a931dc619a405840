import type {StatusView} from '../profile.ts'

/** Complaints of either track, in lower case, with what a person has to do about them. */
const remedies: readonly (readonly [text: string, remedy: string])[] = [
  ['s3 credentials are incorrect', 'correct the credentials in the s3-integrator'],
  ['incorrect s3 credentials', 'correct the credentials in the s3-integrator'],
  ['s3 configurations are incompatible', 'correct bucket, region and endpoint in the s3-integrator'],
  ['incompatible s3 config options', 'correct bucket, region and endpoint in the s3-integrator'],
  ['s3 configurations missing', 'set bucket and credentials in the s3-integrator'],
  ['missing configurations in the s3-credentials relation', 'set bucket and credentials in the s3-integrator'],
  ['missing s3 configurations', 'set bucket and credentials in the s3-integrator'],
  ["couldn't configure s3 backup options", 'correct the s3-integrator'],
  ['failed to configure s3 backup options', 'correct the s3-integrator'],
  ['invalid s3 configuration', 'correct the s3-integrator'],
  ['failed to create s3 bucket', 'create the bucket, or correct it in the s3-integrator'],
  ['only one storage relation allowed', 'remove the relation to all integrators but one'],
]

/** The tracks differ in the case of their texts, and in more. */
export function storageComplaint({workloadStatus, workloadMessage}: StatusView): string | undefined {
  if (workloadStatus !== 'blocked') return undefined
  const found = remedies.find(([text]) => workloadMessage.toLowerCase().startsWith(text))
  return found && `${workloadMessage.replace(/\.$/, '')}: ${found[1]}`
}

/** What a unit is doing. The short forms of track 8 are shown where there is no room for the long ones. */
export function busyWith({workloadStatus, workloadMessage}: StatusView): 'Backup' | 'Restore' | undefined {
  if (workloadStatus !== 'maintenance') return undefined
  const text = workloadMessage.toLowerCase()
  if (text.startsWith('backup started/running') || text === 'backing up...') return 'Backup'
  return text.startsWith('restore started/running') || text === 'restoring...' ? 'Restore' : undefined
}
