import assert from 'node:assert/strict'
import {after, before, test} from 'node:test'
import {setTimeout as pause} from 'node:timers/promises'
import {startControlPlane, type ControlPlane} from '../env/kubernetes/control-plane.ts'
import {serviceAccount} from '../env/kubernetes/identities.ts'
import {installOperatorRights, tenantNamespace as namespace} from '../env/provision.ts'
import {makeWorkDirectory, type WorkDirectory} from '../env/work-directory.ts'

/** Who may restore, asked of a real API server with tokens of several users. All but the operator may edit BackupJobs. */
const users = {
  /** may create and edit BackupJobs, no more */
  tenant: {user: 'tenant', groups: ['system:authenticated']},
  /** has the verb restore in the namespace, too */
  'on-call': {user: 'on-call', groups: ['system:authenticated']},
  /** has the verb for one BackupJob only, by its name */
  guest: {user: 'guest', groups: ['system:authenticated']},
  /** has the verb in another namespace only */
  neighbour: {user: 'neighbour', groups: ['system:authenticated']},
  /** a tool that applies what is in git, again and again */
  gitops: serviceAccount('gitops', 'applier'),
} as const
type Who = keyof typeof users | 'operator' | 'admin'

let directory: WorkDirectory
let cluster: ControlPlane

before(async () => {
  directory = await makeWorkDirectory('ship')
  cluster = await startControlPlane({dir: directory.path, identities: users})
  await installOperatorRights((args, options) => cluster.kubectlOrThrow(args, options))
  await cluster.kubectlOrThrow(['create', 'namespace', 'elsewhere'])
  for (const who of Object.keys(users)) {
    await bind(who, namespace, '--clusterrole=charmkeeper-edit')
    await bind(who, namespace, '--clusterrole=charmkeeper-view')
  }
  await bind('on-call', namespace, '--clusterrole=charmkeeper-restore')
  await bind('neighbour', 'elsewhere', '--clusterrole=charmkeeper-restore')
  const one = ['--verb=restore', '--resource=backupjobs.charmkeeper.dev', '--resource-name=granted']
  await cluster.kubectlOrThrow(['create', 'role', 'one', `--namespace=${namespace}`, ...one])
  await bind('guest', namespace, '--role=one')
  await until('the policy is at work', async () => (await create('tenant', job('probe', execute), true)) !== '')
})

after(async () => {
  await cluster?.stop()
  await directory?.remove()
})

async function bind(who: string, where: string, role: string): Promise<void> {
  const {user} = cluster.identity(who)
  const name = `${who}${role.replaceAll(/[=-]+/g, '-')}`
  await cluster.kubectlOrThrow(['create', 'rolebinding', name, `--namespace=${where}`, role, `--user=${user}`])
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = AbortSignal.timeout(30_000)
  while (!(await holds())) {
    assert(!deadline.aborted, `never came true: ${what}`)
    await pause(100)
  }
}

function job(name: string, spec: object, annotations: Record<string, string> = {}) {
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'BackupJob',
    metadata: {name, namespace, annotations},
    spec: {modelRef: {name: 'prod'}, application: 'postgresql', ...spec},
  }
}

const plan = {type: 'Restore', restore: {}}
const execute = {
  type: 'Restore',
  restore: {
    mode: 'Execute',
    requestID: 'restore-1',
    confirmation: {
      application: 'postgresql',
      modelUUID: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
      validUntil: '2026-11-22T12:00:00Z',
    },
  },
}
const answer = {'charmkeeper.dev/resolve': '2026-01-01T02:00:00.000Z=Happened'}
const otherAnswer = {'charmkeeper.dev/resolve': '2026-01-01T02:00:00.000Z=DidNotHappen'}

/** @returns what the API server says against it; empty: it is done */
async function create(who: Who, object: object, dryRun = false): Promise<string> {
  const flags = dryRun ? ['--dry-run=server'] : []
  return complaint(await cluster.kubectl(['create', ...flags, '-f', '-'], {as: who, input: JSON.stringify(object)}))
}

/** As a GitOps tool does it: server-side, the whole object, whatever is there. */
async function apply(who: Who, object: object): Promise<string> {
  const flags = ['--server-side', '--force-conflicts']
  return complaint(await cluster.kubectl(['apply', ...flags, '-f', '-'], {as: who, input: JSON.stringify(object)}))
}

async function patch(who: Who, name: string, change: object): Promise<string> {
  const args = ['patch', 'backupjob', name, '--type=merge', `--patch=${JSON.stringify(change)}`]
  return complaint(await cluster.kubectl(args, {as: who, namespace}))
}

const complaint = ({code, stderr}: {code: number | null; stderr: string}): string => (code === 0 ? '' : stderr)

const needsTheVerb = /needs the verb restore on backupjobs\.charmkeeper\.dev in the namespace databases/

test('S1.21 who may create BackupJobs may back up and plan a restore, but not execute one', async () => {
  assert.equal(await create('tenant', job('backup', {})), '')
  assert.equal(await create('tenant', job('plan', plan)), '')
  assert.match(await create('tenant', job('execute', execute)), needsTheVerb)
  const nameless = {...job('', execute), metadata: {generateName: 'execute-', namespace}}
  assert.match(await create('tenant', nameless), needsTheVerb)
})

test('S1.21 a plan does not become a restore by an edit', async () => {
  assert.match(await patch('on-call', 'plan', {spec: execute}), /spec\.restore cannot be changed/)
})

test('S1.21 with the verb restore a restore may be executed, in that namespace only', async () => {
  assert.equal(await create('on-call', job('executed', execute)), '')
  assert.match(await create('neighbour', job('execute', execute)), needsTheVerb)
})

test('S1.21 the verb can be given for one BackupJob by its name', async () => {
  assert.match(await create('guest', job('another', execute)), needsTheVerb)
  assert.equal(await create('guest', job('granted', execute)), '')
})

test('S1.21 the refusal shows the command that grants the verb, and it works when it is pasted', async () => {
  for (const who of ['tenant', 'gitops'] as const) {
    const refusal = await create(who, job(`pasted-${who}`, execute), true)
    const [, command = ''] = /Who may grant it runs: kubectl (create rolebinding .*)$/m.exec(refusal) ?? []
    const args = command.replaceAll("'", '').split(' ')
    await cluster.kubectlOrThrow(args)
    await until(`${who} may restore`, async () => (await create(who, job(`pasted-${who}`, execute), true)) === '')
    const name = args[2] ?? ''
    await cluster.kubectlOrThrow(['delete', 'rolebinding', name, '--namespace', namespace])
    await until(`${who} may no longer`, async () => (await create(who, job(`pasted-${who}`, execute), true)) !== '')
  }
})

test('a restore that somebody was allowed to create goes through the hands of others: cancel, priority, labels', async () => {
  for (const change of [{priority: 9}, {cancel: 'IfSafe'}, {ttlSecondsAfterFinished: 60}]) {
    assert.equal(await patch('tenant', 'executed', {spec: change}), '')
  }
  assert.equal(await patch('tenant', 'executed', {metadata: {labels: {seen: 'yes'}}}), '')
})

test('S1.21 a GitOps tool applies an unchanged restore again without the verb, but cannot bring it into being', async () => {
  const inGit = job('executed', {...execute, priority: 9, cancel: 'IfSafe'})
  assert.equal(await apply('gitops', inGit), '')
  assert.equal(await apply('gitops', job('executed', {...execute, priority: 9, cancel: 'Force'})), '')
  assert.match(await apply('gitops', job('from-git', execute)), needsTheVerb)
})

test('the operator makes the backup before a restore, and cannot make a restore', async () => {
  assert.equal(await create('operator', job('safety-backup', {type: 'Backup'})), '')
  assert.match(await create('operator', job('own-restore', execute)), needsTheVerb)
})

test('the operator puts finalizers and writes the status of a restore', async () => {
  const finalizers = {metadata: {finalizers: ['charmkeeper.dev/running']}}
  assert.equal(await patch('operator', 'executed', finalizers), '')
  const read = await cluster.kubectlOrThrow(['get', 'backupjob', 'executed', '--output=json'], {
    as: 'operator',
    namespace,
  })
  const status = JSON.stringify({...(JSON.parse(read) as object), status: {attempt: 1}})
  const flags = ['--subresource=status', '--field-manager=charmkeeper-status']
  await cluster.kubectlOrThrow(['replace', ...flags, '-f', '-'], {as: 'operator', input: status})
  assert.equal(await patch('operator', 'executed', {metadata: {finalizers: null}}), '')
})

test('S5.26 only who has the verb restore answers for an outcome that nobody knows', async () => {
  const annotated = (annotations: Record<string, string | null>) => ({metadata: {annotations}})
  assert.match(await create('tenant', job('born-with-an-answer', {}, answer)), needsTheVerb)
  assert.match(await patch('tenant', 'backup', annotated(answer)), needsTheVerb)
  assert.match(await patch('operator', 'backup', annotated(answer)), needsTheVerb)

  assert.equal(await patch('on-call', 'backup', annotated(answer)), '')
  assert.equal(await patch('tenant', 'backup', annotated({colour: 'blue'})), '', 'the answer is there already')
  assert.equal(await apply('gitops', job('backup', {}, answer)), '', 'the same again')
  assert.match(await patch('tenant', 'backup', annotated(otherAnswer)), needsTheVerb)
  assert.equal(await patch('tenant', 'backup', annotated({'charmkeeper.dev/resolve': null})), '', 'taken back')
  assert.match(await patch('tenant', 'backup', annotated(answer)), needsTheVerb)
})
