import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {parse} from 'yaml'
import {readCommand} from '../../src/config.ts'
import {runCommand} from '../env/process/command.ts'
import {ensureParts} from '../env/toolchain/parts.ts'
import {chartDirectory, renderChart, type Manifest} from '../support/chart.ts'

const everything = {
  metrics: {
    service: {create: true},
    podMonitor: {create: true},
    dashboard: {create: true},
    prometheusRule: {create: true, backupMaxAgeSeconds: 90_000},
  },
  allowedEndpoints: ['10.0.0.0/8', '*.example.com'],
  clusterId: 'prod-eu-1',
  workers: {backupjob: 8, jujumodel: 2},
  kubeApi: {qps: 50, burst: 100},
  secretsReader: {bind: ['team-a']},
}

interface PodTemplate {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly securityContext: object
        readonly containers: readonly {args: string[]; securityContext: object; resources: {limits: object}}[]
      }
    }
  }
}

const deploymentOf = (manifests: readonly Manifest[]): PodTemplate =>
  manifests.find(({kind}) => kind === 'Deployment') as unknown as PodTemplate

const ofKind = (manifests: readonly Manifest[], kind: string) => manifests.filter(manifest => manifest.kind === kind)

test('helm lint finds nothing to complain about', async () => {
  const {helm} = await ensureParts(['helm'])
  const {code, stdout} = await runCommand(helm, ['lint', '--strict', chartDirectory])
  assert.equal(code, 0, stdout)
})

test('the pod is hardened: no root, no writable disk, no capabilities, a seccomp profile, a memory limit', async () => {
  const {spec} = deploymentOf(await renderChart()).spec.template
  const [container] = spec.containers
  assert.deepEqual(spec.securityContext, {
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    seccompProfile: {type: 'RuntimeDefault'},
  })
  assert.deepEqual(container?.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: {drop: ['ALL']},
  })
  assert.ok(container?.resources.limits)
})

test('the operator accepts every flag that the chart can write', async () => {
  for (const values of [{}, everything, {namespaces: ['team-a', 'team-b']}]) {
    const args = deploymentOf(await renderChart(values)).spec.template.spec.containers[0]?.args ?? []
    assert.equal(readCommand(args, {}).do, 'run', args.join(' '))
  }
})

test('values reach the flags', async () => {
  const args = deploymentOf(await renderChart(everything)).spec.template.spec.containers[0]?.args ?? []
  const command = readCommand(args, {})
  assert.equal(command.do, 'run')
  const {config} = command as Extract<typeof command, {do: 'run'}>
  assert.deepEqual(config.allowedEndpoints, ['10.0.0.0/8', '*.example.com'])
  assert.deepEqual([config.workers.jujumodel, config.workers.backupjob], [2, 8])
  assert.deepEqual([config.clusterId, config.kubeApiQps, config.kubeApiBurst], ['prod-eu-1', 50, 100])
  assert.equal(config.leaseNamespace, 'charmkeeper')
})

test('S5.26 the operator has the rights that it uses, and no others', async () => {
  const manifests = await renderChart()
  const rules = (kind: string, name: string) =>
    ofKind(manifests, kind).find(({metadata}) => metadata.name === name)?.rules ?? []
  const flat = rules('ClusterRole', 'charmkeeper').flatMap(({apiGroups, resources, verbs}) =>
    apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => `${verb} ${group}/${resource}`))),
  )
  const kinds = ['jujumodels', 'backupstorages', 'backupjobs', 'backupschedules']
  const reads = kinds.flatMap(kind => ['get', 'list', 'watch'].map(verb => `${verb} charmkeeper.dev/${kind}`))
  const statuses = kinds.map(kind => `update charmkeeper.dev/${kind}/status`)
  const own = [
    'patch charmkeeper.dev/jujumodels',
    'patch charmkeeper.dev/backupjobs',
    'create charmkeeper.dev/backupjobs',
    'delete charmkeeper.dev/backupjobs',
  ]
  const events = ['create events.k8s.io/events', 'patch events.k8s.io/events']
  assert.deepEqual(flat.toSorted(), [...reads, ...statuses, ...own, ...events].toSorted())
  assert.deepEqual(rules('ClusterRole', 'charmkeeper-secrets-reader'), [
    {apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get']},
  ])
})

interface Policy {
  readonly spec: {readonly failurePolicy: string; readonly variables: readonly {name: string; expression: string}[]}
}

test('S1.21 a restore is refused while the API server cannot ask who may; the refusal names a role that the chart made', async () => {
  for (const [values, names] of [
    [{}, '--clusterrole=charmkeeper-restore'],
    [{rbac: {aggregate: false}}, '--clusterrole=charmkeeper-restore'],
    [{namespaces: ['team-a']}, '--role=charmkeeper-restore'],
    [{rbac: {create: false}}, '--role=charmkeeper-restore'],
  ] as const) {
    const manifests = await renderChart(values)
    const [policy] = ofKind(manifests, 'ValidatingAdmissionPolicy') as unknown as Policy[]
    assert.equal(policy?.spec.failurePolicy, 'Fail')
    const grant = policy.spec.variables.find(({name}) => name === 'grant')?.expression ?? ''
    assert.ok(grant.includes(names), grant)
    const roles = ofKind(manifests, 'ClusterRole').filter(({rules}) =>
      rules?.some(({verbs}) => verbs.includes('restore')),
    )
    assert.equal(roles.length, names.startsWith('--cluster') ? 1 : 0)
    if (roles.length === 0) assert.match(grant, /kubectl create role charmkeeper-restore --verb=restore/)
    else assert.equal(roles[0]?.metadata.name, 'charmkeeper-restore')
  }
})

test('S2.10 S5.26 nobody is bound to the reader of Secrets unless a namespace is named', async () => {
  const bindings = (manifests: readonly Manifest[]) =>
    [...ofKind(manifests, 'RoleBinding'), ...ofKind(manifests, 'ClusterRoleBinding')].filter(
      manifest => (manifest['roleRef'] as {name: string}).name === 'charmkeeper-secrets-reader',
    )
  assert.deepEqual(bindings(await renderChart()), [])
  const bound = bindings(await renderChart(everything))
  assert.deepEqual(
    bound.map(({kind, metadata}) => [kind, metadata.namespace]),
    [['RoleBinding', 'team-a']],
  )
})

test('S5.26 an operator of some namespaces gets Roles in them, and no ClusterRole at all', async () => {
  const manifests = await renderChart({namespaces: ['team-a', 'team-b']})
  assert.deepEqual(ofKind(manifests, 'ClusterRole'), [])
  assert.deepEqual(ofKind(manifests, 'ClusterRoleBinding'), [])
  const roles = ofKind(manifests, 'Role').map(({metadata}) => `${metadata.namespace}/${metadata.name}`)
  assert.deepEqual(roles.toSorted(), [
    'charmkeeper/charmkeeper-lease',
    'kube-system/charmkeeper-cluster-id',
    'team-a/charmkeeper',
    'team-b/charmkeeper',
  ])
})

test('with a cluster id nothing is needed in kube-system', async () => {
  const manifests = await renderChart({clusterId: 'prod-eu-1'})
  assert.deepEqual(
    manifests.filter(({metadata}) => metadata.namespace === 'kube-system'),
    [],
  )
})

test('the chart installs exactly the CRDs of this repository, and leaves them when it goes', async () => {
  const crds = ofKind(await renderChart(), 'CustomResourceDefinition')
  assert.deepEqual(
    crds.map(({metadata}) => metadata.name).toSorted(),
    ['backupjobs', 'backupschedules', 'backupstorages', 'jujumodels'].map(plural => `${plural}.charmkeeper.dev`),
  )
  for (const {metadata, spec} of crds) {
    const file = path.join(chartDirectory, '../../crds', `${metadata.name}.yaml`)
    assert.deepEqual(spec, (parse(readFileSync(file, 'utf8')) as Manifest)['spec'])
    assert.equal(metadata.annotations?.['helm.sh/resource-policy'], 'keep')
  }
  assert.deepEqual(ofKind(await renderChart({crds: {install: false}}), 'CustomResourceDefinition'), [])
})

const refused: readonly [sentence: string, values: unknown, says: RegExp][] = [
  ['a value that does not exist', {replica: 3}, /replica/],
  ['workers of an unknown kind', {workers: {pods: 2}}, /pods/],
  ['no workers', {workers: {backupjob: 0}}, /backupjob/],
  ['a namespace that cannot exist', {namespaces: ['Team_A']}, /namespaces/],
  ['a digest that is none', {image: {digest: 'latest'}}, /digest/],
]
for (const [sentence, values, says] of refused) {
  test(`refused by the values schema: ${sentence}`, () => assert.rejects(renderChart(values), says))
}
