import {scheduleAlertCases} from './schedule-alert-cases.ts'

/** For each alert of the chart: series that make it fire and then resolve, as promtool's unit tests take them. */
export interface AlertCase {
  readonly alert: string
  /** in promtool's notation, a sample for each step */
  readonly series: Readonly<Record<string, string>>
  /** minutes between two samples, and between two looks at the rules; 1 where nothing is said */
  readonly stepMinutes?: number
  /** minutes at which nothing fires, it fires, and it fires no more */
  readonly quiet: number
  readonly firing: number
  readonly resolved: number
  /** labels of the alert beside alertname and severity */
  readonly labels: Readonly<Record<string, string>>
  readonly severity: 'warning' | 'critical'
}

const application = 'namespace="team-a",model="prod",application="postgresql"'
const applicationLabels = {namespace: 'team-a', model: 'prod', application: 'postgresql'}
const replica = 'pod="charmkeeper-0",instance="10.0.0.7:8080"'

export const alertCases: readonly AlertCase[] = [
  ...scheduleAlertCases,
  {
    alert: 'CharmkeeperBackupRunFailed',
    // the first job fails, a later one succeeds
    series: {
      [`charmkeeper_last_backup_failure_timestamp_seconds{${application}}`]: '_x4 300x60',
      [`charmkeeper_last_backup_success_timestamp_seconds{${application}}`]: '_x19 1200x40',
    },
    quiet: 2,
    firing: 10,
    resolved: 30,
    labels: applicationLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperBackupRunFailed',
    // a success is followed by a failure, and that by a success
    series: {
      [`charmkeeper_last_backup_success_timestamp_seconds{${application}}`]: '60x39 2400x40',
      [`charmkeeper_last_backup_failure_timestamp_seconds{${application}}`]: '30x9 600x70',
    },
    quiet: 5,
    firing: 20,
    resolved: 50,
    labels: applicationLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperBackupRunFailed',
    // A backup that could not be proved has an alert of its own; a later failure is one of both kinds.
    series: {
      [`charmkeeper_last_backup_success_timestamp_seconds{${application}}`]: '60x49 3000x40',
      [`charmkeeper_last_unproved_backup_timestamp_seconds{${application}}`]: '_x9 600x79',
      [`charmkeeper_last_backup_failure_timestamp_seconds{${application}}`]: '_x9 600x20 1800x59',
    },
    quiet: 20,
    firing: 40,
    resolved: 60,
    labels: applicationLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperBackupVerificationFailed',
    // the first backup of an application; later one is proved
    series: {
      [`charmkeeper_last_unproved_backup_timestamp_seconds{${application}}`]: '_x9 600x79',
      [`charmkeeper_last_backup_failure_timestamp_seconds{${application}}`]: '_x9 600x79',
      [`charmkeeper_last_backup_success_timestamp_seconds{${application}}`]: '_x49 3000x40',
    },
    quiet: 8,
    firing: 20,
    resolved: 60,
    labels: applicationLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperBackupVerificationFailed',
    // after one that was proved; a failure of another kind is none
    series: {
      [`charmkeeper_last_backup_success_timestamp_seconds{${application}}`]: '60x49 3000x40',
      [`charmkeeper_last_backup_failure_timestamp_seconds{${application}}`]: '120x29 1800x59',
      [`charmkeeper_last_unproved_backup_timestamp_seconds{${application}}`]: '_x29 1800x59',
    },
    quiet: 20,
    firing: 40,
    resolved: 60,
    labels: applicationLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperBackupDataMissing',
    series: {[`charmkeeper_last_backup_present{${application}}`]: '1x9 0x39 1x40'},
    quiet: 15,
    firing: 30,
    resolved: 60,
    labels: applicationLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperBackupListUnreadable',
    series: {[`charmkeeper_backup_list_failing_since_timestamp_seconds{${application}}`]: '_x9 600x99 _x40'},
    quiet: 60,
    firing: 90,
    resolved: 130,
    labels: applicationLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperDatabaseUnprotected',
    // the reason changes on the way, and the alert still comes in time
    series: {
      'charmkeeper_model_protected{namespace="team-a",model="prod",reason="RecentBackups"}': '1x9 _x99 1x40',
      'charmkeeper_model_protected{namespace="team-a",model="prod",reason="BackupTooOld"}': '_x9 0x39 _x100',
      'charmkeeper_model_protected{namespace="team-a",model="prod",reason="NeverBackedUp"}': '_x49 0x59 _x40',
    },
    quiet: 60,
    firing: 90,
    resolved: 130,
    labels: {namespace: 'team-a', model: 'prod'},
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperBackupRunsLong',
    series: {[`charmkeeper_oldest_running_backup_start_timestamp_seconds{${application}}`]: '60x145 _x3'},
    stepMinutes: 10,
    quiet: 1430,
    firing: 1450,
    resolved: 1470,
    labels: applicationLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperJobNeedsPerson',
    series: {[`charmkeeper_stalled_jobs{${application}}`]: '0x9 1x29 0x30'},
    quiet: 15,
    firing: 25,
    resolved: 50,
    labels: applicationLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperJobsQueuedLong',
    series: {[`charmkeeper_queued_jobs{${application}}`]: '0x9 2x389 0x30'},
    quiet: 300,
    firing: 380,
    resolved: 420,
    labels: applicationLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperApplicationBackupTooOld',
    series: {[`charmkeeper_last_backup_success_timestamp_seconds{${application}}`]: '0x152 91200x3'},
    stepMinutes: 10,
    quiet: 1490,
    firing: 1510,
    resolved: 1540,
    labels: applicationLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperJujuModelUnreachable',
    // the reason changes on the way, and the alert still comes in time
    series: {
      'charmkeeper_model_ready{namespace="team-a",model="prod",reason="Connected"}': '1x9 _x39 1x20',
      'charmkeeper_model_ready{namespace="team-a",model="prod",reason="Unreachable"}': '_x9 0x9 _x60',
      'charmkeeper_model_ready{namespace="team-a",model="prod",reason="CredentialsRejected"}': '_x19 0x29 _x60',
    },
    quiet: 20,
    firing: 30,
    resolved: 60,
    labels: {namespace: 'team-a', model: 'prod'},
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperStorageNotReady',
    series: {
      'charmkeeper_storage_ready{namespace="team-a",storage="s3",reason="Available"}': '1x9 _x39 1x20',
      'charmkeeper_storage_ready{namespace="team-a",storage="s3",reason="AccessDenied"}': '_x9 0x39 _x60',
    },
    quiet: 20,
    firing: 30,
    resolved: 60,
    labels: {namespace: 'team-a', storage: 's3'},
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperOperatorDown',
    series: {[`leader_election_master_status{name="charmkeeper",${replica}}`]: '1x9 0x19 1x20'},
    quiet: 12,
    firing: 20,
    resolved: 40,
    labels: {},
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperOperatorDown',
    // Nothing is scraped any more. What the schedules said goes with it, and fires no more by itself.
    series: {
      [`leader_election_master_status{name="charmkeeper",${replica}}`]: '1x9 stale _x29 1x20',
      'charmkeeper_schedule_next_timestamp_seconds{namespace="team-a",schedule="nightly"}': '600x9 stale',
    },
    quiet: 12,
    firing: 30,
    resolved: 45,
    labels: {},
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperReconcileErrors',
    series: {
      [`controller_runtime_reconcile_errors_total{controller="backupjob",${replica}}`]: '0x9 0+6x80 486x60',
      [`charmkeeper_build_info{${replica}}`]: '1x200',
      // another operator with the same metric names is not ours
      'controller_runtime_reconcile_errors_total{controller="other",pod="x",instance="y"}': '0+60x200',
    },
    quiet: 20,
    firing: 70,
    resolved: 140,
    labels: {controller: 'backupjob'},
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperEventLoopSlow',
    series: {
      [`nodejs_eventloop_lag_p99_seconds{${replica}}`]: '0.01x9 2x39 0.01x40',
      [`charmkeeper_build_info{${replica}}`]: '1x100',
      'nodejs_eventloop_lag_p99_seconds{pod="x",instance="y"}': '5x100',
    },
    quiet: 20,
    firing: 30,
    resolved: 60,
    labels: {pod: 'charmkeeper-0', instance: '10.0.0.7:8080'},
    severity: 'warning',
  },
]
