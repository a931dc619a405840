import assert from 'node:assert/strict'
import {test} from 'node:test'
import {charmFiles} from '../../charms/charm.ts'
import type {CharmDescription} from '../../charms/charm.ts'
import {pgbouncerCharm} from '../../charms/pgbouncer.ts'
import {actionsOf} from '../../charms/postgresql/actions.ts'
import {describeCharm} from '../../charms/postgresql/description.ts'
import {postgresqlCharmIds} from '../../charms/postgresql/dialect.ts'
import type {PostgresqlCharmId} from '../../charms/postgresql/dialect.ts'
import {postgresqlCharm, unplayedActions} from '../../charms/postgresql/machine.ts'
import {MemoryPostgresql} from '../../charms/postgresql/memory-engine.ts'
import {s3Integrator2Charm} from '../../charms/s3-integrator-2.ts'
import {s3IntegratorCharm} from '../../charms/s3-integrator.ts'
import {StubHost, unitViews} from './stub-host.ts'

const backups = ['create-backup', 'get-primary', 'list-backups', 'promote-to-primary', 'restore', 'create-replication']
const refresh = ['pre-refresh-check', 'force-refresh-start', 'resume-refresh']
const track14 = ['get-password', 'set-password', 'set-tls-private-key', 'pre-upgrade-check']

/** As the charms' own actions.yaml declare them. */
const declared: Readonly<Record<PostgresqlCharmId, readonly string[]>> = {
  'postgresql-14': [...backups, ...track14],
  'postgresql-k8s-14': [...backups, ...track14, 'resume-upgrade'],
  'postgresql-16': [...backups, ...refresh],
  'postgresql-16-next': [...backups, ...refresh],
  'postgresql-k8s-16': [...backups, ...refresh, 'resume-upgrade'],
  'postgresql-k8s-16-next': [...backups, ...refresh, 'resume-upgrade'],
}

for (const id of postgresqlCharmIds) {
  test(`${id} declares the charm's actions, and each is played or has a reason why not`, async () => {
    const actions = Object.keys(actionsOf(id))
    assert.deepEqual([...actions].sort(), [...declared[id]].sort())
    for (const action of actions) {
      const played = await isPlayed(id, action)
      assert.equal(played, !Object.hasOwn(unplayedActions, action), action)
    }
  })
}

async function isPlayed(id: PostgresqlCharmId, action: string): Promise<boolean> {
  const host = new StubHost({application: 'db', units: unitViews('db', 1)})
  const machine = postgresqlCharm({id, engine: new MemoryPostgresql({clock: host.clock})}).deploy(host)
  const {signal} = new AbortController()
  const outcome = await machine.runAction({
    id: '1',
    unit: 'db/0',
    action,
    parameters: {},
    signal,
    log: async () => {},
  })
  return outcome.status === 'completed' || !outcome.message.startsWith('this charm machine does not play')
}

test('the actions of a refresh take nothing but their own parameters', () => {
  const {'resume-refresh': resume, 'force-refresh-start': force} = actionsOf('postgresql-16')
  assert.equal(resume?.additionalProperties, false)
  assert.deepEqual(
    Object.values(force?.parameters ?? {}).map(({type, default: preset}) => [type, preset]),
    [
      ['boolean', true],
      ['boolean', true],
      ['boolean', true],
    ],
  )
})

const pauses: readonly [id: PostgresqlCharmId, revision: number | undefined, option: string | undefined][] = [
  ['postgresql-14', undefined, undefined],
  ['postgresql-16', 843, 'pause_after_unit_refresh'],
  ['postgresql-16', 844, 'pause_after_unit_refresh'],
  ['postgresql-16', 900, 'pause-after-unit-refresh'],
  ['postgresql-k8s-16', undefined, 'pause-after-unit-refresh'],
]
for (const [id, revision, option] of pauses) {
  test(`${id} ${revision ?? ''} spells the pause of a refresh ${option ?? 'not at all'}`, () => {
    const {options} = describeCharm(id, revision)
    assert.deepEqual(
      Object.keys(options).filter(name => name.startsWith('pause')),
      option === undefined ? [] : [option],
    )
    assert.equal(Object.hasOwn(options, 'system-users'), option !== undefined)
  })
}

function archive(charm: CharmDescription): Record<string, Record<string, unknown>> {
  const files = Object.entries(charmFiles(charm)).filter(([name]) => name.endsWith('.yaml'))
  return Object.fromEntries(files.map(([name, text]) => [name, JSON.parse(text) as Record<string, unknown>]))
}

test('an archive of a Kubernetes charm names its container and the image for it', () => {
  const {'metadata.yaml': metadata} = archive(describeCharm('postgresql-k8s-16'))
  assert.deepEqual(metadata?.['containers'], {postgresql: {resource: 'postgresql-image'}})
  assert.deepEqual(metadata?.['resources'], {
    'postgresql-image': {type: 'oci-image', description: 'OCI image for PostgreSQL'},
  })
  assert.equal(Object.hasOwn(archive(describeCharm('postgresql-16'))['metadata.yaml'] ?? {}, 'containers'), false)
})

test('an archive of a subordinate says so, and to what it sits beside', () => {
  const {'metadata.yaml': metadata} = archive(pgbouncerCharm().description)
  assert.equal(metadata?.['subordinate'], true)
  const requires = metadata?.['requires'] as CharmDescription['requires']
  assert.deepEqual(requires['juju-info'], {interface: 'juju-info', limit: 1, scope: 'container'})
  assert.equal(
    Object.hasOwn(archive(pgbouncerCharm('pgbouncer-k8s').description)['metadata.yaml'] ?? {}, 'subordinate'),
    false,
  )
})

test('an archive carries the schemas of actions and options as they are declared', () => {
  const {'actions.yaml': actions, 'config.yaml': config} = archive(s3IntegratorCharm().description)
  const sync = actions?.['sync-s3-credentials'] as {required?: unknown} | undefined
  assert.deepEqual(sync?.required, ['access-key', 'secret-key'])
  assert.ok(Object.hasOwn(config?.['options'] as object, 'experimental-delete-older-than-days'))
  const track2 = archive(s3Integrator2Charm().description)
  const options = track2['config.yaml']?.['options'] as CharmDescription['options']
  assert.equal(options['credentials']?.type, 'secret')
  assert.deepEqual(Object.keys(track2['actions.yaml'] ?? {}), ['status-detail'])
})
