{{/* Where the operator cannot get to. */}}
{{- define "charmkeeper.alerts.connections" -}}
- alert: CharmkeeperJujuModelUnreachable
  expr: max by (namespace, model) (charmkeeper_model_ready) == 0
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: {{`JujuModel {{ $labels.namespace }}/{{ $labels.model }} is not ready`}}
    description: No backup can start in this model. The message of its condition Ready says why.
- alert: CharmkeeperStorageNotReady
  expr: max by (namespace, storage) (charmkeeper_storage_ready) == 0
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: {{`BackupStorage {{ $labels.namespace }}/{{ $labels.storage }} is not ready`}}
    description: No backup to this storage can start or be verified. The message of its condition Ready says why.
{{- end }}

{{/* The operator itself. */}}
{{- define "charmkeeper.alerts.operator" -}}
- alert: CharmkeeperOperatorDown
  expr: absent(leader_election_master_status{name="{{ .Values.lease.name }}"} == 1)
  for: 5m
  labels: {severity: critical}
  annotations:
    summary: No replica of Charmkeeper is working
    description: No replica holds the Lease {{ .Release.Namespace }}/{{ .Values.lease.name }}, so nothing is backed up, and no other alert of Charmkeeper can be trusted.
- alert: CharmkeeperReconcileErrors
  expr: sum by (controller) (rate(controller_runtime_reconcile_errors_total[15m]) and on (pod, instance) charmkeeper_build_info) > 0.05
  for: 30m
  labels: {severity: warning}
  annotations:
    summary: {{`The controller {{ $labels.controller }} keeps failing`}}
    description: See the log of the operator; each failure is one line with the key of the object.
- alert: CharmkeeperEventLoopSlow
  expr: max by (pod, instance) (nodejs_eventloop_lag_p99_seconds and on (pod, instance) charmkeeper_build_info) > 1
  for: 15m
  labels: {severity: warning}
  annotations:
    summary: A replica of Charmkeeper is overloaded
    description: {{`The event loop of {{ $labels.pod }} is {{ $value | humanizeDuration }} late; give it more CPU or memory.`}}
{{- end }}

{{/* A group with the page of docs/alerts.md for each alert. Arguments: the root, the name of the group. */}}
{{- define "charmkeeper.alertGroup" -}}
{{- $root := index . 0 }}
{{- $rules := list }}
{{- range include (printf "charmkeeper.alerts.%s" (index . 1)) $root | fromYamlArray }}
{{- $runbook := printf "%s#%s" $root.Values.metrics.prometheusRule.runbookUrl (lower .alert) }}
{{- $rules = append $rules (set . "annotations" (set .annotations "runbook_url" $runbook)) }}
{{- end }}
name: charmkeeper-{{ index . 1 }}
rules: {{- toYaml $rules | nindent 2 }}
{{- end }}
