{{- define "charmkeeper.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "charmkeeper.serviceAccount" -}}
{{- default (include "charmkeeper.name" .) .Values.serviceAccount.name }}
{{- end }}

{{- define "charmkeeper.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "charmkeeper.labels" -}}
{{ include "charmkeeper.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "charmkeeper.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}

{{/* The subject of every binding. */}}
{{- define "charmkeeper.subjects" -}}
- kind: ServiceAccount
  name: {{ include "charmkeeper.serviceAccount" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* What the operator does with its own kinds and with events; the same for all namespaces and for some. */}}
{{- define "charmkeeper.rules" -}}
- apiGroups: [charmkeeper.dev]
  resources: [jujumodels, backupstorages, backupjobs, backupschedules]
  verbs: [get, list, watch]
# Finalizers: a granted job and its model stay until the work in Juju is over. A job that gives way to a newer slot is cancelled.
- apiGroups: [charmkeeper.dev]
  resources: [jujumodels, backupjobs]
  verbs: [patch]
# The jobs of schedules, and the backup before a restore (safetyBackup); ttlSecondsAfterFinished and the history of schedules.
- apiGroups: [charmkeeper.dev]
  resources: [backupjobs]
  verbs: [create, delete]
- apiGroups: [charmkeeper.dev]
  resources: [jujumodels/status, backupstorages/status, backupjobs/status, backupschedules/status]
  verbs: [update]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{/* One object by its name; never a list. */}}
{{- define "charmkeeper.secretsReaderRules" -}}
- apiGroups: ['']
  resources: [secrets, configmaps]
  verbs: [get]
{{- end }}
