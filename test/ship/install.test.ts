import assert from 'node:assert/strict'
import {after, before, test} from 'node:test'
import {startControlPlane, type ControlPlane} from '../env/kubernetes/control-plane.ts'
import {makeWorkDirectory, type WorkDirectory} from '../env/work-directory.ts'
import {asStream, needsPrometheusOperator, release, renderChart, type Manifest} from '../support/chart.ts'

let directory: WorkDirectory
let cluster: ControlPlane

before(async () => {
  directory = await makeWorkDirectory('ship')
  cluster = await startControlPlane({dir: directory.path, controllerManager: true})
  for (const namespace of [release.namespace, 'team-a', 'team-b']) {
    await cluster.kubectlOrThrow(['create', 'namespace', namespace])
  }
  const manifests = await renderChart()
  const crds = manifests.filter(({kind}) => kind === 'CustomResourceDefinition')
  await apply(crds)
  await cluster.kubectlOrThrow(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all'])
  await apply(manifests.filter(manifest => !crds.includes(manifest)))
  for (const [name, namespace, role] of [
    ['tenant-b', 'team-a', 'view'],
    ['tenant', 'team-a', 'edit'],
    ['tenant-a', 'team-a', 'admin'],
  ] as const) {
    const binding = [
      'create',
      'rolebinding',
      name,
      `--namespace=${namespace}`,
      `--clusterrole=${role}`,
      `--user=${name}`,
    ]
    await cluster.kubectlOrThrow(binding)
  }
})

after(async () => {
  await cluster.stop()
  await directory.remove()
})

const apply = (manifests: readonly unknown[], ...flags: string[]) =>
  cluster.kubectlOrThrow(['apply', '--server-side', ...flags, '-f', '-'], {input: asStream(manifests)})

/** `kubectl auth can-i` as somebody; a question that is refused is answered with no, not with an error. */
async function can(who: string, ...question: string[]): Promise<string> {
  const {stdout} = await cluster.kubectl(['auth', 'can-i', ...question], {as: who})
  return stdout.trim().split('\n').at(-1) ?? ''
}

test('the API server accepts every object that the chart can render', async () => {
  const variants: readonly unknown[] = [
    {metrics: {service: {create: true}}, secretsReader: {bind: ['team-a']}},
    {namespaces: ['team-a', 'team-b'], clusterId: 'prod', replicas: 1},
  ]
  for (const values of variants) {
    const manifests: readonly Manifest[] = await renderChart(values)
    await apply(
      manifests.filter(manifest => !needsPrometheusOperator(manifest)),
      '--dry-run=server',
      '--force-conflicts',
    )
  }
})

const questions: readonly [answer: 'yes' | 'no', question: string[]][] = [
  ['yes', ['watch', 'backupjobs.charmkeeper.dev', '--all-namespaces']],
  ['yes', ['update', 'backupjobs.charmkeeper.dev', '--subresource=status', '--namespace=team-b']],
  ['yes', ['get', 'namespaces/kube-system', '--namespace=kube-system']],
  ['yes', ['create', 'leases.coordination.k8s.io', '--namespace=charmkeeper']],
  ['yes', ['update', 'leases.coordination.k8s.io/charmkeeper', '--namespace=charmkeeper']],
  ['yes', ['create', 'events.events.k8s.io', '--namespace=team-b']],
  ['yes', ['create', 'backupjobs.charmkeeper.dev', '--namespace=team-a']],
  ['yes', ['delete', 'backupjobs.charmkeeper.dev', '--namespace=team-a']],
  ['yes', ['watch', 'backupschedules.charmkeeper.dev', '--all-namespaces']],
  ['yes', ['update', 'backupschedules.charmkeeper.dev', '--subresource=status', '--namespace=team-a']],
  ['no', ['patch', 'backupschedules.charmkeeper.dev', '--namespace=team-a']],
  ['no', ['create', 'backupschedules.charmkeeper.dev', '--namespace=team-a']],
  ['no', ['delete', 'backupschedules.charmkeeper.dev', '--namespace=team-a']],
  ['no', ['restore', 'backupjobs.charmkeeper.dev', '--namespace=team-a']],
  ['no', ['update', 'leases.coordination.k8s.io/another', '--namespace=charmkeeper']],
  ['no', ['create', 'leases.coordination.k8s.io', '--namespace=team-a']],
  ['no', ['delete', 'jujumodels.charmkeeper.dev', '--namespace=team-a']],
  ['no', ['get', 'secrets', '--namespace=team-b']],
  ['no', ['list', 'secrets', '--all-namespaces']],
  ['no', ['get', 'pods', '--namespace=team-a']],
  ['no', ['list', 'namespaces']],
]
for (const [answer, question] of questions) {
  test(`S5.26 the operator may ${question.join(' ')}: ${answer}`, async () => {
    assert.equal(await can('operator', ...question), answer)
  })
}

test('S2.10 S5.26 a RoleBinding of the namespace lets the operator read Secrets by name there, and only there', async () => {
  assert.equal(await can('operator', 'get', 'secrets', '--namespace=team-a'), 'no')
  const reader = ['--clusterrole=charmkeeper-secrets-reader', '--serviceaccount=charmkeeper:charmkeeper']
  await cluster.kubectlOrThrow(['create', 'rolebinding', 'charmkeeper-secrets', '--namespace=team-a', ...reader])
  assert.equal(await can('operator', 'get', 'secrets', '--namespace=team-a'), 'yes')
  assert.equal(await can('operator', 'list', 'secrets', '--namespace=team-a'), 'no')
  assert.equal(await can('operator', 'get', 'secrets', '--namespace=team-b'), 'no')
})

test('S5.26 people get their rights from the roles that the cluster has already', async () => {
  await roleIsAggregated()
  for (const kind of ['backupjobs', 'backupschedules'].map(plural => `${plural}.charmkeeper.dev`)) {
    assert.equal(await can('tenant', 'create', kind, '--namespace=team-a'), 'yes')
    assert.equal(await can('tenant', 'create', kind, '--namespace=team-b'), 'no')
    assert.equal(await can('tenant', 'patch', kind, '--subresource=status', '--namespace=team-a'), 'no')
    assert.equal(await can('tenant', 'update', kind, '--subresource=status', '--namespace=team-a'), 'no')
    assert.equal(await can('tenant-b', 'get', kind, '--namespace=team-a'), 'yes')
    assert.equal(await can('tenant-b', 'patch', kind, '--namespace=team-a'), 'no')
  }
})

test('S1.21 S5.26 the verb restore comes with the role admin of a namespace, not with edit', async () => {
  await roleIsAggregated()
  for (const [who, answer] of [
    ['tenant-a', 'yes'],
    ['tenant', 'no'],
  ] as const) {
    assert.equal(await can(who, 'restore', 'backupjobs.charmkeeper.dev', '--namespace=team-a'), answer)
  }
})

/** The controller manager adds our rules to the cluster's roles a moment after the chart is there. */
async function roleIsAggregated(): Promise<void> {
  const role = ['get', 'clusterrole', 'admin', '-o', 'jsonpath={.rules[*].verbs}']
  const deadline = Date.now() + 30_000
  while (!(await cluster.kubectlOrThrow(role)).includes('restore')) {
    assert.ok(Date.now() < deadline, 'the cluster role admin never got the rules of the chart')
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}
