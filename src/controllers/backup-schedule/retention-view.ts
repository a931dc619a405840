import type {BackupSchedule} from '../../api/backup-schedule.ts'
import type {FullStatus} from '../../juju/status.ts'
import type {RetainingSchedule} from './retention.ts'

/** Who would lose backups by an option of this integrator. */
export interface BehindIntegrator {
  readonly applications: readonly string[]
  /** those that this model does not hold */
  readonly foreign: readonly string[]
}

/**
 * The applications that get their object store from an integrator.
 *
 * @param known one of them
 */
export function behindIntegrator(
  {relations, applications}: Pick<FullStatus, 'relations' | 'applications'>,
  integrator: string,
  known: string,
): BehindIntegrator {
  const names = relations
    .filter(relation => relation.interface === 's3' && relation.endpoints.some(end => end.application === integrator))
    .flatMap(({endpoints}) => endpoints.map(({application}) => application).filter(name => name !== integrator))
  const all = [...new Set([known, ...names])].toSorted()
  return {
    applications: all.filter(name => applications.has(name)),
    foreign: all.filter(name => !applications.has(name)),
  }
}

/** What a schedule asks of an integrator. It may be an object as the API server has it, which is older than a rule. */
export function retainingSchedule({metadata, spec, status}: BackupSchedule, integrator: string): RetainingSchedule {
  const handled = status?.retention
  return {
    name: metadata.name,
    application: spec?.jobTemplate?.spec?.application ?? '',
    mode: spec?.retention?.mode,
    maxAgeSeconds: spec?.retention?.maxAgeSeconds,
    handledSeconds: handled?.integrator === integrator ? handled.maxAgeSeconds : undefined,
  }
}
