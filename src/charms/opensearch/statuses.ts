import type {StatusView} from '../profile.ts'

/** Complaints about the store, with what a person has to do about them. */
const remedies: readonly (readonly [text: RegExp, remedy: string])[] = [
  [/^Too many object storage relations/, 'remove the relation to all integrators but one'],
  [/^Backup relation data missing or incomplete/, 'set bucket and credentials in the integrator'],
  [/^Backup configuration error/, 'correct credentials, permissions and CA in the integrator'],
  [/repository setup failed/, 'correct the integrator'],
]

export function storageComplaint({workloadStatus, workloadMessage}: StatusView): string | undefined {
  const found = workloadStatus === 'blocked' && remedies.find(([text]) => text.test(workloadMessage))
  return found ? `${workloadMessage.replace(/\.$/, '')}: ${found[1]}` : undefined
}

export function busyWith({workloadMessage}: StatusView): 'Backup' | 'Restore' | undefined {
  if (workloadMessage.startsWith('Backup in progress')) return 'Backup'
  return workloadMessage.startsWith('Restore in progress') ? 'Restore' : undefined
}
