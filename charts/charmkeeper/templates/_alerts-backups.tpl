{{/* What became of backups, whoever asked for them. */}}
{{- define "charmkeeper.alerts.backups" -}}
{{- $by := "by (namespace, model, application)" }}
- alert: CharmkeeperBackupRunFailed
  expr: |-
    max {{ $by }} (charmkeeper_last_backup_failure_timestamp_seconds)
      > (max {{ $by }} (charmkeeper_last_backup_success_timestamp_seconds)
        or max {{ $by }} (charmkeeper_last_backup_failure_timestamp_seconds) * 0)
      unless max {{ $by }} (charmkeeper_last_unproved_backup_timestamp_seconds)
        == max {{ $by }} (charmkeeper_last_backup_failure_timestamp_seconds)
  labels: {severity: warning}
  annotations:
    summary: {{`The newest backup of {{ $labels.application }} failed`}}
    description: >-
      {{`The newest job of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }} ended without a backup,
      and none has succeeded since. See kubectl get backupjobs -n {{ $labels.namespace }}.`}}
- alert: CharmkeeperBackupVerificationFailed
  expr: |-
    max {{ $by }} (charmkeeper_last_unproved_backup_timestamp_seconds)
      > (max {{ $by }} (charmkeeper_last_backup_success_timestamp_seconds)
        or max {{ $by }} (charmkeeper_last_unproved_backup_timestamp_seconds) * 0)
  labels: {severity: critical}
  annotations:
    summary: {{`The newest backup of {{ $labels.application }} could not be proved`}}
    description: >-
      {{`The task of a backup of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }} says that it was made,
      but it was not found complete where it should be, and no backup was proved since. See the condition Verified of the job.`}}
- alert: CharmkeeperBackupDataMissing
  expr: min {{ $by }} (charmkeeper_last_backup_present) == 0
  for: 10m
  labels: {severity: critical}
  annotations:
    summary: {{`The newest backup of {{ $labels.application }} is gone`}}
    description: >-
      {{`The newest successful backup of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }} is not where it was made.
      Make another one. See the condition DataPresent of the job.`}}
- alert: CharmkeeperBackupListUnreadable
  expr: time() - max {{ $by }} (charmkeeper_backup_list_failing_since_timestamp_seconds) > 3600
  labels: {severity: warning}
  annotations:
    summary: {{`The backups of {{ $labels.application }} cannot be listed`}}
    description: >-
      {{`The list of backups of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }} cannot be read
      for {{ $value | humanizeDuration }}. See status.databases of the JujuModel.`}}
- alert: CharmkeeperDatabaseUnprotected
  expr: max by (namespace, model) (charmkeeper_model_protected) == 0
  for: 1h
  labels: {severity: warning}
  annotations:
    summary: {{`A database in JujuModel {{ $labels.namespace }}/{{ $labels.model }} is not protected`}}
    description: >-
      It has no recent backup, or no schedule that makes the next one. The message of the condition Protected of the JujuModel
      names the databases.
- alert: CharmkeeperBackupRunsLong
  expr: time() - min {{ $by }} (charmkeeper_oldest_running_backup_start_timestamp_seconds) > {{ int64 .Values.metrics.prometheusRule.backupMaxDurationSeconds }}
  labels: {severity: warning}
  annotations:
    summary: {{`A backup of {{ $labels.application }} has been running for a long time`}}
    description: >-
      {{`A backup of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }} has been running
      for {{ $value | humanizeDuration }}. See status.lastMessage and status.log of the job.`}}
- alert: CharmkeeperJobNeedsPerson
  expr: max {{ $by }} (charmkeeper_stalled_jobs) > 0
  for: 10m
  labels: {severity: warning}
  annotations:
    summary: {{`A backup of {{ $labels.application }} waits for a person`}}
    description: >-
      {{`A job of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }} cannot go on by itself.
      The message of its condition Succeeded says what to do.`}}
- alert: CharmkeeperJobsQueuedLong
  expr: min {{ $by }} (charmkeeper_queued_jobs) > 0
  for: 6h
  labels: {severity: warning}
  annotations:
    summary: {{`Backups of {{ $labels.application }} have been waiting for hours`}}
    description: >-
      {{`Jobs of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }} have been waiting for six hours.
      status.queue.holder of the job says for whom.`}}
{{- with .Values.metrics.prometheusRule.backupMaxAgeSeconds }}
- alert: CharmkeeperApplicationBackupTooOld
  expr: time() - max {{ $by }} (charmkeeper_last_backup_success_timestamp_seconds) > {{ int64 . }}
  labels: {severity: critical}
  annotations:
    summary: {{`The newest backup of {{ $labels.application }} is too old`}}
    description: >-
      {{`The newest successful backup of {{ $labels.application }} in JujuModel {{ $labels.namespace }}/{{ $labels.model }}
      is {{ $value | humanizeDuration }} old.`}}
{{- end }}
{{- end }}
