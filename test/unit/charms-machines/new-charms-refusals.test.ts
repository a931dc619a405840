import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {DatabaseCharmId} from '../../charms/memory-database.ts'
import type {Charm} from '../../charms/machine.ts'
import type {MemoryPlainDatabase} from '../../charms/plain/memory-engine.ts'
import {knownProfile} from './known-profile.ts'
import {played} from './new-charms-play.ts'
import type {Played, PlayOptions} from './new-charms-play.ts'
import type {Story} from './story.ts'

const minute = 60_000

interface Refusal<Id extends DatabaseCharmId> {
  readonly action: string
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
  /** Number of the unit; default the leader. */
  readonly unit?: number | undefined
  readonly world?: PlayOptions | undefined
  readonly given?: ((world: Played<Id>) => unknown) | undefined
  readonly words: string
}

/** The words of reference/charms.md, one after the other. */
function refuses<Id extends DatabaseCharmId>(id: Id, refusals: readonly Refusal<Id>[]): void {
  for (const {action, parameters, unit = 0, world, given, words} of refusals)
    test(`${id} ${action}: ${words}`, async t => {
      const begun = await played(t, id, world)
      await given?.(begun)
      const task = await begun.story.run(begun.unit(unit), action, parameters)
      assert.deepEqual([task.status, task.message], ['failed', words])
      assert.notEqual(meaning(begun, action, words), 'Unknown')
    })
}

/** What the charm's profile makes of words with which an action failed. */
function meaning({charm}: {readonly charm: Charm}, action: string, words: string): string | undefined {
  const profile = knownProfile(charm)
  const isRestore = action === profile.restore?.action
  return isRestore ? profile.restore?.classifyFailure(words).kind : profile.backup.classifyFailure(words)
}

/** A world, as far as the charms of it are alike. */
interface AnyWorld<Engine> {
  readonly story: Story
  readonly engine: Engine
  readonly unit: (number: number) => string
}

/** A backup that takes its time runs on a unit. */
const busy =
  (number: number) =>
  async ({story, unit, engine}: AnyWorld<MemoryPlainDatabase>): Promise<void> => {
    engine.scriptBackup({duration: 30 * minute})
    await story.enqueue(unit(number), 'create-backup')
  }

const backedUp = async ({story, unit}: AnyWorld<unknown>): Promise<string> =>
  String((await story.run(unit(0), 'create-backup')).output['backup-id'] as string)

/** A restore that takes its time has begun. */
const restoring =
  (action: string) =>
  async (world: AnyWorld<MemoryPlainDatabase>): Promise<void> => {
    world.engine.restoresFail = 'stands'
    await world.story.run(world.unit(0), action, {'backup-id': await backedUp(world)})
  }

const id = '2026-08-01T02:00:03Z'

refuses('zookeeper-3', [
  {action: 'create-backup', unit: 1, words: 'Action must be ran on the application leader'},
  {action: 'list-backups', unit: 2, words: 'Action must be ran on the application leader'},
  {action: 'restore', unit: 1, words: 'Action must be ran on the application leader'},
  {
    action: 'create-backup',
    given: ({charm}) => (charm.conditions.stable = false),
    words: 'Cluster must be stable before making a backup',
  },
  ...['create-backup', 'list-backups', 'restore'].map(action => ({
    action,
    world: {related: false},
    words: 'Cluster needs an access to an object storage to make a backup',
  })),
  {action: 'restore', words: 'No backup id to restore provided'},
  {action: 'restore', parameters: {'backup-id': id}, words: 'Backup id not found in storage object'},
])

refuses('etcd-3.5', [
  ...['create-backup', 'list-backups', 'restore'].flatMap(action => [
    {action, unit: 2, words: 'Action must be performed on the leader unit.'},
    {action, world: {related: false}, words: 'No credentials for object storage available.'},
    {action, world: {incomplete: true}, words: 'No credentials for object storage available.'},
    {action, given: restoring('restore'), words: 'Restore in progress, cannot perform action.'},
  ]),
  {action: 'restore', words: 'Must provide backup-id to restore.'},
  {action: 'restore', parameters: {'backup-id': id}, words: 'Backup ID not found.'},
  {
    action: 'restore',
    given: ({charm}) => (charm.conditions.adminSecret = false),
    words: 'Admin secret missing - configure `system-users` secret before restoring a backup.',
  },
  {
    action: 'create-backup',
    given: ({engine}) => engine.scriptBackup({fails: 'S3 says no'}),
    words: 'Backup failed. Check the error logs for more details.',
  },
])

for (const [action, words] of [
  ['create-backup', 'There is currently a backup in progress, please wait.'],
  ['list-backups', 'Backup in progress, cannot perform action.'],
  ['restore', 'Backup in progress, cannot perform action.'],
] as const)
  refuses('etcd-3.5', [
    {
      action,
      unit: 1,
      given: async world => {
        await busy(0)(world)
        world.control.setLeader('charmed-etcd', 'charmed-etcd/1')
      },
      words,
    },
  ])

refuses('valkey-9-restore', [
  ...['create-backup', 'list-backups', 'restore-backup'].flatMap(action => [
    {action, world: {related: false}, words: 'No S3 relation. Integrate with s3-integrator first.'},
    {action, world: {incomplete: true}, words: 'S3 credentials unavailable. Check s3-integrator config.'},
  ]),
  {
    action: 'create-backup',
    unit: 1,
    given: restoring('restore-backup'),
    words: 'A restore is in progress; backups are paused.',
  },
  {action: 'restore-backup', given: restoring('restore-backup'), words: 'A restore is already in progress.'},
  {action: 'restore-backup', given: busy(1), words: 'A backup is in progress; cannot restore.'},
  {action: 'restore-backup', unit: 1, words: 'Restore must be run on the leader unit.'},
  {action: 'restore-backup', words: 'Must provide backup-id to restore.'},
  {action: 'restore-backup', parameters: {'backup-id': id}, words: `backup-id ${id} not found.`},
  {
    action: 'create-backup',
    given: ({engine}) => engine.scriptBackup({fails: 'valkey-cli --rdb exited 1'}),
    words: 'Backup failed. Check juju debug-log for details.',
  },
  {
    action: 'list-backups',
    parameters: {output: 'yaml'},
    words: "Failed: invalid output format, must be either 'json' or 'table'.",
  },
  {
    action: 'list-backups',
    given: ({engine}) => (engine.storeFails = 'AccessDenied'),
    words: 'List backups failed. Check juju debug-log for details.',
  },
])

const running = async ({story, unit}: AnyWorld<unknown>) => story.run(unit(0), 'create-backup')

refuses('opensearch-2', [
  ...[{related: false}, {incomplete: true}].flatMap(world => [
    {action: 'create-backup', world, words: 'Failed: backup service is not configured or busy'},
    {action: 'restore', parameters: {'backup-id': id}, world, words: 'Failed: backup service is not configured yet'},
  ]),
  {action: 'create-backup', unit: 2, given: running, words: 'Failed: backup service is not configured or busy'},
  {
    action: 'create-backup',
    given: ({charm}) => (charm.conditions.upgrading = true),
    words: 'Backup not supported while upgrade in-progress',
  },
  {
    action: 'restore',
    parameters: {'backup-id': id},
    given: ({charm}) => (charm.conditions.upgrading = true),
    words: 'Restore not supported while upgrade in-progress',
  },
  {
    action: 'restore',
    parameters: {'backup-id': id},
    given: ({engine}) => (engine.restoring = true),
    words: 'Failed: previous restore is still in progress',
  },
  {action: 'restore', parameters: {'backup-id': id}, words: `Failed: no backup-id ${id}`},
  {
    action: 'list-backups',
    parameters: {output: 'yaml'},
    words: 'Failed: invalid output format, must be either json or table',
  },
  {
    action: 'list-backups',
    given: ({engine}) => (engine.requestsFail = 'connection refused'),
    words: 'Failed: error connecting to the cluster',
  },
])

for (const charm of ['opensearch-2-next', 'opensearch-k8s-2-next'] as const)
  refuses(charm, [
    ...['create-backup', 'list-backups', 'restore'].flatMap(action => {
      const parameters = action === 'restore' ? {'backup-id': id} : {}
      return [
        {action, parameters, world: {related: false}, words: 'Missing relation with an object storage integrator.'},
        {action, parameters, world: {incomplete: true}, words: 'Object storage configuration not ready.'},
        {
          action,
          parameters,
          unit: 1,
          words: 'Backup/Restore related actions must be run on the juju leader unit.',
        },
        {
          action,
          parameters,
          given: ({charm: {conditions}}: Played<typeof charm>) => (conditions.conflict = true),
          words: 'Conflict: more than one object storage integrators integrated.',
        },
        {
          action,
          parameters,
          given: ({engine}: Played<typeof charm>) => (engine.repository = false),
          words: 'The opensearch repository could not be created yet.',
        },
        {
          action,
          parameters,
          given: ({charm: {conditions}}: Played<typeof charm>) => (conditions.upgrading = true),
          words: 'Backup/Restore operations not supported while upgrade in-progress.',
        },
      ]
    }),
    {
      action: 'create-backup',
      given: ({engine}) => (engine.health = 'red'),
      words: 'Cluster health red, current state must be resolved before.',
    },
    {action: 'create-backup', given: running, words: 'Backup / Restore operation in progress.'},
    {action: 'restore', parameters: {'backup-id': id}, words: `Backup ${id} not found.`},
  ])
