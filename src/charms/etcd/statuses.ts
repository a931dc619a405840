import type {StatusView} from '../profile.ts'

/** Complaints about the store, with what a person has to do about them. */
const remedies: readonly (readonly [text: RegExp, remedy: string])[] = [
  [/^Azure and S3 storages configured/i, 'remove the relation to one of the two integrators'],
  [/^Missing or invalid \S+ credentials/i, 'set bucket and credentials in the integrator'],
]

export function storageComplaint({workloadStatus, workloadMessage}: StatusView): string | undefined {
  const found = workloadStatus === 'blocked' && remedies.find(([text]) => text.test(workloadMessage))
  return found ? `${workloadMessage}: ${found[1]}` : undefined
}

/** etcd and Valkey say the same. */
export function busyWith({workloadMessage}: StatusView): 'Backup' | 'Restore' | undefined {
  if (workloadMessage.startsWith('Creating database backup')) return 'Backup'
  return workloadMessage.startsWith('Database restore is in progress') ? 'Restore' : undefined
}
