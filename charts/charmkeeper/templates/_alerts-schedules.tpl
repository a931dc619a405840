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
  # What the counter has gained in an hour. increase() sees neither a first sample, and a reason begins with its first slot, nor what
  # another replica has gone on counting; so what is said now is compared with what was said an hour ago, by whichever replica.
  # If the operator was down an hour ago, with the last that it said before; a schedule that is younger than what would be compared
  # with may have had a namesake. What was never said before is new as a whole, unless Prometheus itself has only begun to look.
  {{- $missed := include "charmkeeper.missedSlots" (dict) }}
  {{- $created := "max by (namespace, schedule) (charmkeeper_schedule_created_timestamp_seconds)" }}
  expr: |-
    (
      {{ $missed }}
        - (
          {{ include "charmkeeper.missedSlots" (dict "offset" " offset 1h") }} and on (namespace, schedule) {{ $created }} < time() - 3600
          or last_over_time({{ $missed }}[1d:10m] offset 1h) and on (namespace, schedule) {{ $created }} < time() - 90000
        )
      or {{ $missed }} and on (namespace, schedule) {{ $created }} > time() - 3600
      or {{ $missed }} and on () present_over_time(charmkeeper_build_info[15d:1h] offset 1h)
    ) > 0
  labels: {severity: warning}
  annotations:
    summary: {{`Schedule {{ $labels.namespace }}/{{ $labels.schedule }} has missed a slot`}}
    description: >-
      {{`In the last hour {{ printf "%.0f" $value }} slots of BackupSchedule {{ $labels.namespace }}/{{ $labels.schedule }} were seen to have passed without a backup: {{ $labels.reason }}.
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

{{/* Slots that passed without a backup although nobody meant them to, as the status counts them: each replica says the same. */}}
{{- define "charmkeeper.missedSlots" -}}
max by (namespace, schedule, reason) (charmkeeper_schedule_slots_total{outcome="Skipped",reason!~"Suspended|OutsideWindow|Replaced|RefreshInProgress"}{{ .offset | default "" }})
{{- end }}
