{{/*
What schedules promise. Replicas that wait keep their caches warm and report the same state: hence max by ().
Ages are worked out from times and not from conditions, so that they also show a scheduler that hangs.
*/}}
{{- define "charmkeeper.alerts.schedules" -}}
- alert: CharmkeeperBackupTooOld
  # One rule for all schedules: each brings its own objective. Before the first backup the age counts from the creation.
  expr: |-
    time() - max by (namespace, schedule) (charmkeeper_schedule_last_verified_timestamp_seconds or charmkeeper_schedule_created_timestamp_seconds)
      > max by (namespace, schedule) (charmkeeper_schedule_objective_seconds)
  labels: {severity: critical}
  annotations:
    summary: {{`The newest backup of schedule {{ $labels.namespace }}/{{ $labels.schedule }} is too old`}}
    description: >-
      {{`The newest verified backup of BackupSchedule {{ $labels.namespace }}/{{ $labels.schedule }} is {{ $value | humanizeDuration }} old,
      which is more than its objective (status.objectiveSeconds). Without any backup the age counts from the creation of the schedule.`}}
- alert: CharmkeeperScheduleSlotMissed
  # A counter begins with its first slot, not with 0: so a series that was not there an hour ago counts whole, and so does
  # everything that a process has counted which is younger than an hour.
  expr: |-
    sum by (namespace, schedule, reason) (
      increase({{ include "charmkeeper.missedSlots" . }}[1h]) > 0
      or {{ include "charmkeeper.missedSlots" . }} > 0 unless {{ include "charmkeeper.missedSlots" . }} offset 1h
      or {{ include "charmkeeper.missedSlots" . }} > 0 and on (pod, instance) time() - process_start_time_seconds < 3600
    )
  labels: {severity: warning}
  annotations:
    summary: {{`Schedule {{ $labels.namespace }}/{{ $labels.schedule }} has missed a slot`}}
    description: >-
      {{`In the last hour {{ printf "%.0f" $value }} slots of BackupSchedule {{ $labels.namespace }}/{{ $labels.schedule }} passed without a backup: {{ $labels.reason }}.
      See status.recentRuns. At most the newest missed slot is made up for.`}}
- alert: CharmkeeperScheduleOverdue
  # The next run is planned anew whenever one is due: if it lies in the past, nobody plans.
  expr: time() - max by (namespace, schedule) (charmkeeper_schedule_next_timestamp_seconds) > 300
  for: 5m
  labels: {severity: critical}
  annotations:
    summary: {{`Schedule {{ $labels.namespace }}/{{ $labels.schedule }} is overdue`}}
    description: >-
      {{`The run of BackupSchedule {{ $labels.namespace }}/{{ $labels.schedule }} that was planned {{ $value | humanizeDuration }} ago has neither started nor been skipped.`}}
- alert: CharmkeeperScheduleInvalid
  expr: max by (namespace, schedule, reason) (charmkeeper_schedule_ready{reason=~"InvalidSchedule|NeverMatches|TemplateRefused|InvalidSpec"}) == 0
  for: 10m
  labels: {severity: warning}
  annotations:
    summary: {{`Schedule {{ $labels.namespace }}/{{ $labels.schedule }} cannot run ({{ $labels.reason }})`}}
    description: >-
      {{`BackupSchedule {{ $labels.namespace }}/{{ $labels.schedule }} starts no runs before a person mends it. The message of its condition Ready says what.`}}
- alert: CharmkeeperArchivingStopped
  expr: |-
    max by (namespace, schedule) (charmkeeper_schedule_archive_lag_seconds) > max by (namespace, schedule) (charmkeeper_schedule_archive_objective_seconds)
    or max by (namespace, schedule) (charmkeeper_schedule_archiving) == 0
  for: 5m
  labels: {severity: critical}
  annotations:
    summary: {{`Changes of the database of schedule {{ $labels.namespace }}/{{ $labels.schedule }} are no longer archived`}}
    description: >-
      {{`The newest archived change of the database of BackupSchedule {{ $labels.namespace }}/{{ $labels.schedule }} is older than objective.maxArchiveLagSeconds,
      or nothing is archived at all. What was changed since would be lost with the database. The message of the condition Archiving says more.`}}
{{- end }}

{{/* Slots that passed without a backup although nobody meant them to. */}}
{{- define "charmkeeper.missedSlots" -}}
charmkeeper_schedule_slots_total{outcome="Skipped",reason!~"Suspended|OutsideWindow|Replaced|RefreshInProgress"}
{{- end }}
