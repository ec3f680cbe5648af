{{- define "circlebot.labels" -}}
app.kubernetes.io/name: circlebot
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- if .role }}
app.kubernetes.io/component: {{ .role }}
{{- end }}
{{- end }}

{{- define "circlebot.settings" -}}
{{- if eq .Values.database "sqlite" }}
DATABASE_URL: sqlite:////data/circlebot.db
{{- else }}
DATABASE_URL_FILE: /run/secrets/circlebot/DATABASE_URL
{{- end }}
{{- range .Values.secret.keys }}
{{ . }}_FILE: /run/secrets/circlebot/{{ . }}
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "circlebot.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if eq .role "migrate" }}
restartPolicy: OnFailure
{{- else }}
terminationGracePeriodSeconds: 30
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
containers:
  - name: circlebot
    image: "{{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}"
    args: [{{ .role }}]
    {{- if eq .role "migrate" }}
    env:
      - {name: DATABASE_URL_FILE, value: /run/secrets/circlebot/DATABASE_URL}
    {{- else }}
    envFrom:
      - configMapRef: {name: {{ .root.Release.Name }}-settings}
    env:
      - {name: ADMIN_HOST, value: 0.0.0.0}
    ports:
      {{- if ne .role "worker" }}
      - {name: http, containerPort: 8080}
      {{- end }}
      - {name: admin, containerPort: 9090}
    startupProbe:
      httpGet: {path: /healthz, port: admin}
      periodSeconds: 2
      failureThreshold: 60
    livenessProbe:
      httpGet: {path: /healthz, port: admin}
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet: {path: /readyz, port: admin}
      periodSeconds: 5
      timeoutSeconds: 10
    lifecycle:
      preStop:
        sleep: {seconds: 5}
    {{- end }}
    resources: {{ toJson .root.Values.resources }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    volumeMounts:
      {{- if eq .role "run" }}
      - {name: data, mountPath: /data}
      {{- end }}
      - {name: secrets, mountPath: /run/secrets/circlebot, readOnly: true}
      - {name: tmp, mountPath: /tmp}
volumes:
  {{- if eq .role "run" }}
  - name: data
    persistentVolumeClaim: {claimName: {{ .root.Release.Name }}}
  {{- end }}
  - name: secrets
    secret: {secretName: {{ .root.Values.secret.name }}, defaultMode: 0440}
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
{{- end }}
