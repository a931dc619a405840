/** For each alert of the chart: series that make it fire and then resolve, as promtool's unit tests take them. */
export interface AlertCase {
  readonly alert: string
  /** one sample per minute, in promtool's notation */
  readonly series: Readonly<Record<string, string>>
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
  {
    alert: 'CharmkeeperBackupFailed',
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
    alert: 'CharmkeeperBackupFailed',
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
    alert: 'CharmkeeperBackupNotVerified',
    series: {[`charmkeeper_last_backup_verified{${application}}`]: '1x9 0x39 1x40'},
    quiet: 20,
    firing: 30,
    resolved: 60,
    labels: applicationLabels,
    severity: 'warning',
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
    alert: 'CharmkeeperModelNotProtected',
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
    series: {[`charmkeeper_oldest_running_backup_start_timestamp_seconds{${application}}`]: '60x1449 _x20'},
    quiet: 1430,
    firing: 1445,
    resolved: 1460,
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
    alert: 'CharmkeeperBackupTooOld',
    series: {[`charmkeeper_last_backup_success_timestamp_seconds{${application}}`]: '0x1519 91200x30'},
    quiet: 1490,
    firing: 1510,
    resolved: 1540,
    labels: applicationLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperModelNotReady',
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
    alert: 'CharmkeeperNoLeader',
    series: {[`leader_election_master_status{name="charmkeeper",${replica}}`]: '1x9 0x19 1x20'},
    quiet: 12,
    firing: 20,
    resolved: 40,
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
