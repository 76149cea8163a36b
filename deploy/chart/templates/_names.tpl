{{- define "scrip.labels" -}}
app.kubernetes.io/name: scrip
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "scrip.image" -}}
{{ required "Set image.repository to where you pushed the image." .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}

{{- define "scrip.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "scrip.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{- /* A source of a projected volume: one key of a Secret, as a file. */ -}}
{{- define "scrip.secretFile" -}}
- secret:
    name: {{ .from.name | quote }}
    items:
      - key: {{ .from.key | quote }}
        path: {{ .path }}
{{- end }}
