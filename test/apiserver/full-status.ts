import {
  restoreSteps,
  scheduleStatusLimits,
  scheduleWarnings,
  skipReasons,
  type BackupJobStatus,
  type BackupScheduleStatus,
  type Condition,
} from '../../src/api/index.ts'

const now = '2026-11-22T02:00:00Z'

/** A condition as the operator writes it. */
export function condition(type: string, status: Condition['status'], reason: string): Condition {
  return {type, status, reason, message: `${reason}.`, observedGeneration: 1, lastTransitionTime: now}
}

/** A status with every field at its largest, as the writers may produce it. */
export function fullStatus(): BackupJobStatus {
  return {
    observedGeneration: 1,
    conditions: [condition('Succeeded', 'Unknown', 'Running'), condition('Reconciling', 'True', 'Running')],
    attempt: 1,
    grantedAt: now,
    queue: {position: 1, holder: 'BackupJob databases/other'},
    intent: {
      action: 'create-backup',
      unit: 'postgresql/1',
      time: now,
      controllerTime: '2026-11-22T02:00:00.123456789Z',
      highestOperationID: '41',
      newestBackupID: '',
      parameters: {type: 'full'},
    },
    unit: 'postgresql/1',
    operationID: '42',
    taskID: '43',
    log: Array.from({length: 20}, () => 'x'.repeat(1024)),
    lastMessage: 'ä'.repeat(1024),
    sizeBytes: 5_000_000_000_000,
    artefact: {bucket: 'backups', path: 'pg', stanza: 'prod.postgresql', label: '20261122-020000F'},
    restore: fullRestore(),
    hooks: Array.from({length: 100}, (_, index) => ({
      phase: 'Pre' as const,
      index: index % 8,
      action: 'pause',
      unit: `postgresql/${index}`,
      time: now,
      controllerTime: now,
      highestOperationID: '41',
      parameters: index === 99 ? {reason: 'x'.repeat(4096)} : {},
      operationID: '42',
      taskID: '43',
      taskStatus: 'completed',
      message: 'ä'.repeat(1024),
    })),
    conclusion: {reason: 'Succeeded', message: 'x'.repeat(1024)},
  }
}

function fullRestore(): NonNullable<BackupJobStatus['restore']> {
  const units = Array.from({length: 100}, (_, index) => `postgresql/${index}`)
  return {
    chosenBackupID: '2026-11-21T02:00:00Z',
    chosenBecause: 'x'.repeat(512),
    moment: '2026-11-22T08:15:00.123456Z',
    timeline: '2026-11-20T10:00:00Z',
    window: {first: now, last: now},
    loss: 'ä'.repeat(1024),
    expectedSeconds: 3600,
    versions: 'x'.repeat(512),
    notContained: Array.from({length: 16}, () => 'x'.repeat(256)),
    blockers: Array.from({length: 16}, () => ({reason: 'NeedsSingleUnit', message: 'x'.repeat(1024)})),
    safetyBackupJob: 'restore-safety',
    unitsBefore: units,
    survivor: 'postgresql/0',
    timelineBefore: '1F',
    ledgerTime: now,
    change: {kind: 'RemoveUnits', time: now, controllerTime: now, units: units.slice(1), count: 99},
    steps: restoreSteps.map(name => ({
      name,
      plan: 'x'.repeat(512),
      startedAt: now,
      finishedAt: now,
      evidence: 'x'.repeat(1024),
    })),
  }
}

/** The same of a schedule. */
export function fullScheduleStatus(): BackupScheduleStatus {
  const many = <T>(length: number, item: T): T[] => Array.from({length}, () => item)
  const [message, job, zone] = ['ä'.repeat(1024), 'x'.repeat(253), 'x'.repeat(64)]
  const {active, upcoming, recentRuns, expiring, warnings} = scheduleStatusLimits
  const [warning = 'Collision'] = Object.keys(scheduleWarnings) as (keyof typeof scheduleWarnings)[]
  return {
    observedGeneration: 1,
    conditions: [condition('Ready', 'True', 'Scheduled'), condition('Fresh', 'Unknown', 'NoBackupYet')],
    description: 'ä'.repeat(512),
    updatedAt: now,
    nextScheduleTime: now,
    upcoming: many(upcoming, {time: now, local: zone, note: 'ä'.repeat(256)}),
    effectiveJitterSeconds: 86_400,
    active: many(active, {job, slot: now}),
    waitingSlot: {slot: now, reason: 'ModelUnavailable'},
    lastAttemptTime: now,
    lastAttemptJob: job,
    lastSuccessTime: now,
    lastSuccessJob: job,
    lastSuccessBackupID: zone,
    lastVerifiedTime: now,
    lastFailureTime: now,
    lastFailureJob: job,
    lastFailureReason: 'VerificationFailed',
    lastSkipTime: now,
    lastSkipReason: 'OperatorDown',
    recentRuns: many(recentRuns, {
      slot: now,
      outcome: 'Skipped',
      reason: 'Replaced',
      job,
      result: 'Cancelled',
      backupID: zone,
      message,
    }),
    slots: {
      ran: Number.MAX_SAFE_INTEGER,
      late: 0,
      skipped: Object.fromEntries(Object.keys(skipReasons).map(reason => [reason, 5_000_000])),
    },
    pattern: {schedule: 'x'.repeat(256), timeZone: zone, suspended: true, since: now, accountedUntil: now},
    lastHandledRunNow: 'ä'.repeat(128),
    objectiveSeconds: 315_360_000,
    recoverability: {first: now, last: now},
    retention: {
      maxAgeSeconds: 315_360_000,
      days: 3650,
      integrator: 's3-integrator',
      intent: {application: 's3-integrator', days: 30, before: '60', time: now, controllerTime: now},
    },
    expiring: many(expiring, {backupID: zone, time: now, job}),
    warnings: many(warnings, {reason: warning, message}),
  }
}
