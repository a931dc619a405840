import type {AlertCase} from './alert-cases.ts'

const nightly = 'namespace="team-a",schedule="nightly"'
const weekly = 'namespace="team-a",schedule="weekly"'
const suspended = 'namespace="team-b",schedule="suspended"'
const nightlyLabels = {namespace: 'team-a', schedule: 'nightly'}

const replica = 'pod="charmkeeper-0",instance="10.0.0.7:8080"'
const nextReplica = 'pod="charmkeeper-1",instance="10.0.0.8:8080"'
const missed = (schedule: string, reason: string, pod = replica): string =>
  `charmkeeper_schedule_slots_total{${schedule},outcome="Skipped",reason="${reason}",${pod}}`
/** Both schedules, and an operator that has been seen for as long. @param created when they were created, as promtool writes samples */
const since = (created: string): Record<string, string> => ({
  [`charmkeeper_schedule_created_timestamp_seconds{${nightly},${replica}}`]: created,
  [`charmkeeper_schedule_created_timestamp_seconds{${weekly},${replica}}`]: created,
  [`charmkeeper_build_info{${replica}}`]: created.replace(/-?\b\d+x/g, '1x'),
})
const missedLabels = {...nightlyLabels, reason: 'OperatorDown'}

/** In minutes. The first sample is of minute 0, which is the epoch. */
const hour = 60

/** Alerts on schedules; in each case a second schedule, or another reason, keeps quiet. */
export const scheduleAlertCases: readonly AlertCase[] = [
  {
    alert: 'CharmkeeperBackupTooOld',
    // Two schedules of another cadence, one rule: 26 hours are too much for the nightly one and nothing for the weekly one.
    series: {
      [`charmkeeper_schedule_last_verified_timestamp_seconds{${nightly}}`]: '0x161 97200x8',
      [`charmkeeper_schedule_objective_seconds{${nightly}}`]: '93600x170',
      [`charmkeeper_schedule_last_verified_timestamp_seconds{${weekly}}`]: '0x170',
      [`charmkeeper_schedule_objective_seconds{${weekly}}`]: '900000x170',
    },
    stepMinutes: 10,
    quiet: 26 * hour - 10,
    firing: 26 * hour + 10,
    resolved: 27 * hour + 10,
    labels: nightlyLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperBackupTooOld',
    // Before the first backup the creation counts. A schedule without an objective says nothing.
    series: {
      [`charmkeeper_schedule_created_timestamp_seconds{${nightly}}`]: '0x240',
      [`charmkeeper_schedule_last_verified_timestamp_seconds{${nightly}}`]: '_x150 9000x90',
      [`charmkeeper_schedule_objective_seconds{${nightly}}`]: '7200x240',
      [`charmkeeper_schedule_created_timestamp_seconds{${weekly}}`]: '0x240',
    },
    quiet: 119,
    firing: 140,
    resolved: 160,
    labels: nightlyLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperBackupTooOld',
    // A suspended schedule ages like any other: that somebody forgot to resume it is what has to be noticed.
    series: {
      [`charmkeeper_schedule_last_verified_timestamp_seconds{${suspended}}`]: '0x180 _x60',
      [`charmkeeper_schedule_created_timestamp_seconds{${suspended}}`]: '0x180 _x60',
      [`charmkeeper_schedule_objective_seconds{${suspended}}`]: '7200x180 _x60',
      [`charmkeeper_schedule_suspended{${suspended}}`]: '1x180 _x60',
    },
    quiet: 110,
    firing: 130,
    // the schedule is deleted
    resolved: 200,
    labels: {namespace: 'team-b', schedule: 'suspended'},
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperScheduleSlotMissed',
    // A counter that is there counts on, also with another replica; slots that were skipped on purpose are none.
    series: {
      ...since('-864000x300'),
      [missed(nightly, 'OperatorDown')]: '2x119 5x20 stale',
      [missed(nightly, 'OperatorDown', nextReplica)]: '_x130 5x170',
      [missed(weekly, 'Suspended')]: '0+1x300',
      [missed(weekly, 'OutsideWindow')]: '0+1x300',
      [missed(weekly, 'RefreshInProgress')]: '0+1x300',
      [missed(weekly, 'Replaced')]: '0+1x300',
      [`charmkeeper_schedule_slots_total{${weekly},outcome="Ran",reason="",${replica}}`]: '0+1x300',
    },
    quiet: 100,
    firing: 145,
    resolved: 190,
    labels: missedLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperScheduleSlotMissed',
    // The very first slot that is missed has no sample before it.
    series: {...since('-864000x300'), [missed(nightly, 'OperatorDown')]: '_x120 1x180'},
    quiet: 110,
    firing: 130,
    resolved: 190,
    labels: missedLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperScheduleSlotMissed',
    // The operator was down for longer than is compared: what it said before that is no news.
    series: {
      ...since('-864000x110 stale _x69 -864000x200'),
      [missed(nightly, 'OperatorDown')]: '1x110 stale',
      [missed(nightly, 'OperatorDown', nextReplica)]: '_x181 3x200',
      [missed(weekly, 'Overlap')]: '4x110 stale',
      [missed(weekly, 'Overlap', nextReplica)]: '_x181 4x200',
    },
    quiet: 105,
    firing: 190,
    resolved: 250,
    labels: missedLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperScheduleSlotMissed',
    // Prometheus has only begun to look: what it finds is of long ago, what comes after that is not.
    series: {
      ...since('_x60 -864000x240'),
      [missed(nightly, 'OperatorDown')]: '_x60 7x140 8x100',
      [missed(weekly, 'Overlap')]: '_x60 4x240',
    },
    quiet: 90,
    firing: 210,
    resolved: 270,
    labels: missedLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperScheduleSlotMissed',
    // Operator and schedule are new, and so is the first slot that is missed.
    series: {...since('_x90 6000x200'), [missed(nightly, 'OperatorDown')]: '_x110 1x200'},
    quiet: 105,
    firing: 120,
    resolved: 180,
    labels: missedLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperScheduleSlotMissed',
    // A schedule was deleted, and another one of its name misses as many slots as that had in all.
    series: {
      ...since('-864000x99 12000x200'),
      [missed(nightly, 'OperatorDown')]: '1x99 stale _x109 1x200',
    },
    quiet: 205,
    firing: 265,
    resolved: 275,
    labels: missedLabels,
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperScheduleOverdue',
    series: {
      [`charmkeeper_schedule_next_timestamp_seconds{${nightly}}`]: '600x39 7200x60',
      // planned anew each hour, as it should be; and one that plans nothing
      [`charmkeeper_schedule_next_timestamp_seconds{${weekly}}`]: '3600x59 7200x60',
      [`charmkeeper_schedule_suspended{${suspended}}`]: '1x100',
    },
    quiet: 15,
    firing: 25,
    resolved: 45,
    labels: nightlyLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperScheduleInvalid',
    series: {
      [`charmkeeper_schedule_ready{${nightly},reason="Scheduled"}`]: '1x9 _x39 1x60',
      [`charmkeeper_schedule_ready{${nightly},reason="InvalidSchedule"}`]: '_x10 0x38 stale',
      // what comes by itself has alerts of its own
      [`charmkeeper_schedule_ready{${weekly},reason="ModelNotReady"}`]: '0x100',
      [`charmkeeper_schedule_ready{${suspended},reason="Suspended"}`]: '1x100',
    },
    quiet: 15,
    firing: 30,
    resolved: 60,
    labels: {...nightlyLabels, reason: 'InvalidSchedule'},
    severity: 'warning',
  },
  {
    alert: 'CharmkeeperArchivingStopped',
    // One archive stops and goes on again. Another one lags as much and nobody watches it, a third is allowed to.
    series: {
      [`charmkeeper_schedule_archive_lag_seconds{${nightly}}`]: '60x9 60+60x40 60x40',
      [`charmkeeper_schedule_archive_objective_seconds{${nightly}}`]: '900x100',
      [`charmkeeper_schedule_archive_lag_seconds{${weekly}}`]: '100000x100',
      [`charmkeeper_schedule_archive_lag_seconds{${suspended}}`]: '60x9 60+60x40 60x40',
      [`charmkeeper_schedule_archive_objective_seconds{${suspended}}`]: '86400x100',
    },
    quiet: 25,
    firing: 40,
    resolved: 70,
    labels: nightlyLabels,
    severity: 'critical',
  },
  {
    alert: 'CharmkeeperArchivingStopped',
    // Nothing is archived at all: then there is no lag, only the condition.
    series: {
      [`charmkeeper_schedule_archiving{${nightly}}`]: '1x9 0x40 1x40',
      [`charmkeeper_schedule_archive_objective_seconds{${nightly}}`]: '900x100',
      [`charmkeeper_schedule_archiving{${weekly}}`]: '1x100',
    },
    quiet: 12,
    firing: 30,
    resolved: 70,
    labels: nightlyLabels,
    severity: 'critical',
  },
]
