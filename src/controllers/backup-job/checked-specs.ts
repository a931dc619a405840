import {parseBackupJob, type Parsed} from '../../api/parse.ts'
import type {BackupJob, BackupJobSpec} from '../../api/backup-job.ts'

/** Checks specs against the schema, each once: what the cache holds does not change. */
export class CheckedSpecs {
  readonly #checked = new WeakMap<object, Parsed<BackupJobSpec>>()

  /** The job with its spec's defaults filled in, or the first rule that it breaks. */
  of(job: BackupJob): Parsed<BackupJob> {
    if (typeof job.spec !== 'object' || job.spec === null) return parseBackupJob(job)
    const spec = this.#checked.get(job.spec) ?? this.#check(job)
    return spec.ok ? {ok: true, value: {...job, spec: spec.value}} : spec
  }

  #check(job: BackupJob): Parsed<BackupJobSpec> {
    const parsed = parseBackupJob(job)
    const spec = parsed.ok ? ({ok: true, value: parsed.value.spec} as const) : parsed
    this.#checked.set(job.spec, spec)
    return spec
  }
}
