import {test} from 'node:test'
import assert from 'node:assert/strict'
import {decide} from '../../../../src/controllers/backup-job/decide.ts'
import type {ActionFacts, Observed, Reading} from '../../../../src/controllers/backup-job/observed.ts'
import type {Enqueued} from '../../../../src/juju/actions.ts'
import type {Verdict} from '../../../../src/juju/writes/write.ts'
import {
  application,
  at,
  charmWith,
  enqueued,
  granted,
  intent,
  listing,
  now,
  observed,
  over,
  ready,
  row,
  says,
  task,
  unit,
} from './builders.ts'

const finished = {
  conditions: [
    {type: 'Succeeded', status: 'True' as const, reason: 'Succeeded', message: '', lastTransitionTime: at(-100)},
  ],
}

test('a job that may start asks the arbiter and touches nothing before', () => {
  assert.deepEqual(decide(observed()), {do: 'ask'})
})

const waiting: [string, Parameters<typeof observed>, RegExp][] = [
  [
    'the model is missing',
    [{}, {model: {state: 'missing', message: 'JujuModel prod does not exist'}}],
    /^wait WaitingForModel: JujuModel prod/,
  ],
  [
    'the controller cannot be reached',
    [{}, {model: {state: 'unready', reason: 'Unreachable', message: 'refused', permanent: false, followable: false}}],
    /^wait WaitingForModel: JujuModel is Unreachable: refused/,
  ],
  [
    'only read access',
    [{}, {model: {state: 'ready', modelUUID: 'u', modelName: 'admin/prod', access: 'read', kubernetes: false}}],
    /^wait WaitingForModel: .*juju grant <user> write admin\/prod/,
  ],
  ['no status seen yet', [{}, {application: {state: 'waiting'}}], /^wait WaitingForModel/],
  [
    'unknown application',
    [{}, {application: {state: 'absent', known: ['mysql']}}],
    /^finish ApplicationNotFound: .*it has: mysql/,
  ],
  [
    'an application that is not in the last status',
    [{readings: {look: {state: 'unread'}}}, {application: {state: 'absent', known: []}}],
    /^read WaitingForModel: Looking at Juju once more before the end: The model has no application postgresql/,
  ],
  [
    'an object older than a rule',
    [{}, {problem: {path: 'spec.verify', message: 'needs storageRef'}}],
    /^finish InvalidSpec: spec.verify: needs storageRef/,
  ],
  [
    'no S3 relation',
    [{readings: {destination: ready({ok: false, reason: 'StorageNotConfigured', message: 'no relation'})}}],
    /^finish StorageNotConfigured: no relation/,
  ],
  [
    'S2.9 the integrator points elsewhere',
    [{readings: {destination: ready({ok: false, reason: 'StorageMismatch', message: 'bucket: a, not b'})}}],
    /^finish StorageMismatch: bucket/,
  ],
  [
    'the storage is away',
    [{}, {storage: {state: 'unready', reason: 'Unreachable', message: 'x'}}],
    /^wait Preparing: BackupStorage is Unreachable/,
  ],
  [
    'the storage refuses the keys',
    [{}, {storage: {state: 'unready', reason: 'CredentialsRejected', message: 'x'}}],
    /^wait ActionRequired: BackupStorage is CredentialsRejected/,
  ],
  [
    'S2.7 no compression is not a choice of this charm',
    [{spec: {backup: {compression: false}}}],
    /^finish Unsupported: .*compress/,
  ],
  ['S1.12 cancelled before it started', [{spec: {cancel: 'IfSafe'}}], /^finish Cancelled/],
  ['too late to start', [{spec: {startingDeadlineSeconds: 30}}], /^finish DeadlineExceeded: Not started within 30 s/],
  [
    'a charm that nobody knows',
    [
      {},
      {
        application: {
          ...(observed().application as {state: 'present'; view: ReturnType<typeof application>}),
          profile: undefined,
          unsupported: 'charm foo is unknown',
        },
      },
    ],
    /^finish Unsupported: .*charm foo/,
  ],
  ['a retry that is not due', [{status: {retryTime: at(10)}}], /^wait RetryBackoff/],
  [
    'the parent is still running',
    [{spec: {backup: {type: 'Incremental', parentJobRef: {name: 'full'}}}}, {parent: {state: 'open'}}],
    /^wait Preparing: Waiting for the parent/,
  ],
  [
    'the parent failed',
    [{spec: {backup: {type: 'Incremental', parentJobRef: {name: 'full'}}}}, {parent: {state: 'failed'}}],
    /^finish ParentMismatch/,
  ],
]
for (const [name, world, expected] of waiting)
  test(`before the grant: ${name}`, () => assert.match(says(decide(observed(...world))), expected))

const unable = {
  ...observed().application,
  profile: undefined,
  unsupported: 'no list-backups',
} as Observed['application']

const notLooked = {look: {state: 'unread'}} as const

test('no job ends for a status of Juju before it was looked at for this job', () => {
  for (const [status, reason] of [
    [{}, 'WaitingForModel'],
    [granted, 'Preparing'],
  ] as const) {
    const step = decide(observed({status, readings: notLooked}, {application: unable}))
    assert.match(says(step), new RegExp(`^read ${reason}: Looking at Juju once more .*no list-backups`))
    assert.deepEqual(step.do === 'read' && step.readings, ['look'])
    assert.match(says(decide(observed({status}, {application: unable}))), /^finish Unsupported: .*no list-backups/)
  }
})

test('a look that was made before an outage is made again, and one that fails is said', () => {
  const old = {look: {...ready(undefined), at: now - 121_000}}
  assert.match(says(decide(observed({readings: old}, {application: unable}))), /^read WaitingForModel/)
  const look = {state: 'failed', message: 'timed out', failures: 1, retryAt: now + 5_000} as const
  const step = decide(observed({readings: {look}}, {application: unable}))
  assert.match(says(step), /^read WaitingForModel: .*no list-backups.*; the last try failed: timed out/)
})

test('what the job alone decides needs no look, nor what has begun', () => {
  const world = {readings: notLooked}
  assert.match(says(decide(observed({...world, spec: {cancel: 'IfSafe'}}))), /^finish Cancelled/)
  assert.match(says(decide(observed(world, {problem: {path: 'spec', message: 'x'}}))), /^finish InvalidSpec/)
  const begun = {...granted, enqueuedAt: at(-61)}
  assert.match(says(decide(observed({...world, status: begun}, {application: unable}))), /^finish Unsupported/)
  const restore = {type: 'Restore', restore: {mode: 'Plan'}}
  assert.match(says(decide(observed({...world, spec: restore}, {application: unable}))), /^read WaitingForModel/)
})

test('S1.9 a refusal of the destination that is older than an outage is looked at again', () => {
  const refused = {ok: false, reason: 'StorageNotConfigured', message: 'no relation'} as const
  const step = decide(observed({readings: {destination: {...ready(refused), at: now - 121_000}}}))
  assert.match(says(step), /^read Preparing: .*no relation/)
  assert.deepEqual(step.do === 'read' && step.readings, ['destination'])
})

test('S1.9 a charm that has not heard of its store yet is asked again while the job is young', () => {
  const message = 'Missing S3 parameters: bucket'
  const readings = {before: {state: 'failed', message, failures: 4, retryAt: now} as const}
  const young = observed({status: granted, readings})
  young.job.metadata.creationTimestamp = at(-59)
  const step = decide(young)
  assert.match(says(step), /^read Preparing: The charm does not know its store yet.*: Missing S3/)
  assert.deepEqual(step.do === 'read' && step.readings, ['before'])
  assert.match(says(decide(observed({status: granted, readings}))), /^finish StorageNotConfigured/)
})

const notDownloaded = {
  state: 'ready',
  value: {url: 'ch:amd64/postgresql-843', actions: new Map()},
  at: now - 5_000,
} as const

test('a charm that shows no actions at all is not downloaded yet: its job waits, whether it has the application or not', () => {
  for (const status of [{}, granted]) {
    const step = decide(observed({status, readings: {charm: notDownloaded}}))
    assert.match(says(step), /^wait Preparing: Juju shows no actions of ch:amd64\/postgresql-843 yet: .*not downloaded/)
    assert.equal(step.do === 'wait' && step.afterMs, 10_000)
  }
  const later = decide(observed({readings: {charm: {...notDownloaded, at: now - 15_000}}}))
  assert.deepEqual(later.do === 'read' && later.readings, ['charm'])
})

test('S1.1 the actions of the charm before a refresh say nothing of the one after it', () => {
  for (const status of [{}, granted]) {
    const step = decide(
      observed({
        status,
        view: {charmURL: 'ch:amd64/postgresql-850'},
        readings: {charm: charmWith({type: {type: 'string'}})},
      }),
    )
    assert.match(says(step), /^read Preparing: Reading the actions of ch:amd64\/postgresql-850/)
    assert.deepEqual(step.do === 'read' && step.readings, ['charm'])
  }
})

test('waiting for a charm to be downloaded is bounded by startingDeadlineSeconds', () => {
  const step = decide(observed({spec: {startingDeadlineSeconds: 30}, readings: {charm: notDownloaded}}))
  assert.match(says(step), /^finish DeadlineExceeded/)
})

test('after the grant the backups are listed and the primary is asked for', () => {
  const step = decide(observed({status: granted}))
  assert.deepEqual(step.do === 'read' && step.readings, ['before', 'primary'])
})

const prepared = (rows: ReturnType<typeof listing>, spec: Record<string, unknown> = {}) =>
  observed({
    spec,
    status: granted,
    readings: {
      before: rows,
      primary: ready('postgresql/0'),
      enqueueFacts: ready({highestOperationID: '7', controllerTime: at(-1), claimedBy: '', foreign: '', ignorable: ''}),
    },
  })

test('S1.1 S2.3 the plan names unit, parameters, the newest backup and the highest operation', () => {
  const step = decide(prepared(listing(row('2026-11-20T02:00:00Z'), row('2026-11-21T02:00:00Z'))))
  assert.equal(step.do, 'enqueue')
  assert.deepEqual(step.do === 'enqueue' && step.plan, {
    unit: 'postgresql/1',
    action: 'create-backup',
    parameters: {type: 'full'},
    highestOperationID: '7',
    controllerTime: at(-1),
    newestBackupID: '2026-11-21T02:00:00Z',
  })
})

test('a model that somebody else owns is not touched', () => {
  const o = prepared(listing())
  const claimed = {
    ...o,
    readings: {
      ...o.readings,
      enqueueFacts: ready({
        highestOperationID: '7',
        controllerTime: at(-1),
        claimedBy: 'other/ns/lease',
        foreign: '',
        ignorable: '',
      }),
    },
  }
  assert.match(says(decide(claimed)), /^wait Preparing: .*claimed by other\/ns\/lease/)
})

test('an incremental backup without a full one becomes a full one, or is refused, as the spec says', () => {
  const first = decide(prepared(listing(), {backup: {type: 'Incremental'}}))
  assert.equal(first.do === 'wait' && first.report.patch?.type, 'Full')
  const refused = decide(prepared(listing(), {backup: {type: 'Incremental', fullIfNoParent: false}}))
  assert.match(says(refused), /^finish BackupNotFound/)
})

test('a declared parent that is not the newest is refused before anything runs', () => {
  const o = prepared(listing(row('2026-11-20T02:00:00Z'), row('2026-11-21T02:00:00Z')), {
    backup: {type: 'Incremental', parentJobRef: {name: 'full'}},
  })
  const parent = {
    state: 'succeeded' as const,
    backupID: '2026-11-20T02:00:00Z',
    application: 'postgresql',
    modelUUID: 'model-uuid',
  }
  assert.match(says(decide({...o, parent})), /^finish ParentMismatch: .*2026-11-21T02:00:00Z is the newest/)
})

test('a listing that fails three times is a failed attempt, never an empty repository', () => {
  const o = observed({
    status: granted,
    readings: {before: {state: 'failed', message: 'boom', failures: 3, retryAt: now}, primary: ready(undefined)},
  })
  assert.match(says(decide(o)), /^finish Failed: The backups could not be listed: boom/)
})

test('S1.5 an intent without an operation is looked up once its call can no longer arrive', () => {
  const young = observed({status: {...granted, intent: {...intent, time: at(-10)}}})
  const step = decide(young)
  assert.equal(step.do === 'wait' && step.afterMs, 20_000)
  const old = decide(observed({status: {...granted, intent}}))
  assert.deepEqual(old.do === 'read' && old.readings, ['search'])
})

const readyToEnqueue = {
  before: listing(),
  primary: ready('postgresql/0'),
  enqueueFacts: ready({highestOperationID: '7', controllerTime: at(-1), claimedBy: '', foreign: '', ignorable: ''}),
}

test("S1.1 the charm's own schema decides what is sent: defaults are filled in, as Juju 4 does not", () => {
  const charm = charmWith({type: {type: 'string'}, wait: {type: 'boolean', default: true}, keep: {type: 'integer'}})
  const step = decide(observed({status: {...granted}, readings: {...readyToEnqueue, charm}}))
  assert.deepEqual(step.do === 'enqueue' && step.plan.parameters, {wait: true, type: 'full'})
})

test('S1.1 what the deployed charm does not take is refused before anything runs, with the rule', () => {
  const refusedBy = (charm: Reading<ActionFacts>) =>
    says(decide(observed({status: {...granted}, readings: {...readyToEnqueue, charm}})))
  assert.match(
    refusedBy(charmWith({kind: {type: 'string'}})),
    /^finish Unsupported: Nothing was run: create-backup of ch:amd64\/postgresql-843 does not take it: type: this action has no such parameter; it has kind/,
  )
  assert.match(refusedBy(charmWith({type: {enum: ['FULL']}})), /^finish Unsupported: .*type: must be one of FULL/)
  assert.match(
    refusedBy(charmWith({type: {type: 'string'}, to: {type: 'string'}}, {required: ['to']})),
    /^finish Unsupported: .*to: is required/,
  )
  const others = new Map([['list-backups', {description: '', parameters: {}}]])
  assert.match(
    refusedBy(ready({url: 'ch:amd64/postgresql-843', actions: others})),
    /^finish Unsupported: .*has no action create-backup/,
  )
})

test('S1.5 one match is adopted, several end the job, none is sent once more', () => {
  const withSearch = (search: Verdict<Enqueued>) =>
    decide(observed({status: {...granted, attempt: 1, intent}, readings: {search: ready(search)}}))
  const result = {operationID: '8', taskID: '9', unit: 'postgresql/1', enqueued: at(-299)}
  const one = withSearch({kind: 'Happened', result})
  assert.deepEqual(one.do === 'wait' && [one.report.reason, one.report.patch?.operationID, one.report.patch?.taskID], [
    'Running',
    '8',
    '9',
  ])
  assert.match(says(withSearch({kind: 'Ambiguous', ids: ['8', '9']})), /^finish Ambiguous: .*8, 9/)
  const none = withSearch({kind: 'DidNotHappen'})
  assert.ok(
    none.do === 'wait' && none.report.patch && 'intent' in none.report.patch && none.report.patch.intent === undefined,
  )
})

test('S1.5 a look that came too early is made again, after a pause', () => {
  const early = (readAt: number) =>
    decide(
      observed({
        status: {...granted, intent},
        readings: {search: {state: 'ready', value: {kind: 'NotYet', until: now + 1000}, at: readAt}},
      }),
    )
  const waits = early(now - 1000)
  assert.deepEqual(waits.do === 'wait' && waits.afterMs, 4000)
  const again = early(now - 5000)
  assert.deepEqual(again.do === 'read' && again.readings, ['search'])
})

test('a trace that Juju may have forgotten is a question for a person, with the command to paste', () => {
  const search = ready({kind: 'Unknown' as const, why: 'Juju may have forgotten it'})
  const step = decide(observed({status: {...granted, intent}, readings: {search}}))
  assert.match(
    says(step),
    /^wait OutcomeUnknown: .*may have forgotten it.*kubectl -n databases annotate --overwrite backupjob nightly charmkeeper.dev\/resolve=/,
  )
})

test("a person's answer is believed", () => {
  const uncertain = {status: {...granted, intent}}
  assert.match(says(decide(observed(uncertain, {answer: 'Happened'}))), /^wait Verifying/)
  assert.match(says(decide(observed(uncertain, {answer: 'DidNotHappen'}))), /^wait Preparing/)
  assert.match(says(decide(observed({status: enqueued}, {answer: 'Abandon'}))), /^finish Failed: A person abandoned it/)
})

test('S1.7 S1.8 a running task reports the message of its unit and its log', () => {
  const units = [
    unit('postgresql/0'),
    unit('postgresql/1', {workloadStatus: 'maintenance', workloadMessage: 'creating backup'}),
  ]
  const step = decide(
    observed(
      {status: {...enqueued, primary: 'postgresql/0'}, view: {units}},
      {task: task({log: [{time: at(-1), message: 'line'}]})},
    ),
  )
  assert.match(says(step), /^wait Running: Task 9 on postgresql\/1 is running: creating backup/)
  assert.deepEqual(step.do === 'wait' && step.report.patch?.log, [`${at(-1)} line`])
})

test('S1.16 a change of the primary while the backup runs is said once', () => {
  const units = [unit('postgresql/0', {}), unit('postgresql/1', {}), unit('postgresql/2', {workloadMessage: 'Primary'})]
  const step = decide(observed({status: {...enqueued, primary: 'postgresql/0'}, view: {units}}, {task: task()}))
  assert.equal(step.do === 'wait' && step.report.event?.reason, 'PrimaryChanged')
  const later = decide(observed({status: {...enqueued, primary: 'postgresql/2'}, view: {units}}, {task: task()}))
  assert.equal(later.do === 'wait' && later.report.event, undefined)
})

test('S1.4 a task that runs for three days is followed without a deadline, and an explicit deadline is honoured', () => {
  const long = {...enqueued, primary: 'postgresql/0', enqueuedAt: at(-72 * 3600)}
  assert.match(says(decide(observed({status: long}, {task: task()}))), /^wait Running/)
  const limited = observed({status: long, spec: {activeDeadlineSeconds: 3600}}, {task: task()})
  assert.match(says(decide(limited)), /^finish DeadlineExceeded: .*Task 9 was not stopped/)
})

test('a job that loses Juju keeps its reason and says since when', () => {
  const status = {
    ...enqueued,
    lastObservedTime: at(-90),
    conditions: [
      {type: 'Succeeded', status: 'Unknown' as const, reason: 'Running', message: '', lastTransitionTime: at(-99)},
    ],
  }
  const step = decide(
    observed(
      {status},
      {model: {state: 'unready', reason: 'Unreachable', message: 'gone', permanent: false, followable: false}},
    ),
  )
  assert.match(
    says(step),
    new RegExp(`^wait Running: JujuModel is Unreachable: gone. Juju was last seen at ${at(-90)}`),
  )
})

test('S1.15 a running PostgreSQL backup is not cancelled without force, and the reason is said', () => {
  const step = decide(
    observed({status: {...enqueued, primary: 'postgresql/0'}, spec: {cancel: 'IfSafe'}}, {task: task()}),
  )
  assert.equal(step.do, 'wait')
  const refused = step.do === 'wait' ? step.report.conditions?.[0] : undefined
  assert.deepEqual([refused?.type, refused?.status, refused?.reason], ['CancelRefused', 'True', 'Unsafe'])
})

test('S1.11 S1.12 a pending task is cancelled for IfSafe, a running one for Force', () => {
  assert.equal(
    decide(observed({status: enqueued, spec: {cancel: 'IfSafe'}}, {task: task({status: 'pending'})})).do,
    'cancel',
  )
  assert.equal(decide(observed({status: enqueued, spec: {cancel: 'Force'}}, {task: task()})).do, 'cancel')
  assert.match(
    says(decide(observed({status: enqueued, spec: {cancel: 'Force'}}, {task: task({status: 'aborting'})}))),
    /^wait Cancelling/,
  )
})

test('a cancel that Juju refused is not repeated; the task is followed to its own end', () => {
  const conditions = [
    {type: 'CancelRefused', status: 'True' as const, reason: 'RefusedByJuju', message: '', lastTransitionTime: at(-9)},
  ]
  const step = decide(
    observed({status: {...enqueued, conditions, primary: 'postgresql/0'}, spec: {cancel: 'Force'}}, {task: task()}),
  )
  assert.match(says(step), /^wait Running/)
})

const newRow = row('2026-11-22T09:59:00Z')
const ended = (status: string, message: string, after: ReturnType<typeof listing>, spec = {}) =>
  decide(observed({status: over(status, message), spec, readings: {after}}))

test('S1.11 S1.17 a cancelled task ends the job without an id, whatever is listed', () => {
  const step = ended('aborted', '', listing(newRow), {cancel: 'Force'})
  assert.match(says(step), /^finish Cancelled: Cancelled on request/)
  assert.equal(step.do === 'finish' && step.report.patch?.backupID, undefined)
})

test('S2.5 S2.13 S2.14 S2.15 the one new row of the type is ours; artefact, log path and unit are recorded', () => {
  const step = ended('completed', '', listing(row('2026-11-21T02:00:00Z'), newRow))
  const patch = step.do === 'wait' ? step.report.patch : undefined
  assert.equal(patch?.backupID, '2026-11-22T09:59:00Z')
  assert.deepEqual(patch?.artefact, {
    bucket: 'backups',
    path: 'pg',
    stanza: 'prod.postgresql',
    label: '20261122-095900F',
    logPath: 'pg/backup/prod.postgresql/2026-11-22T09:59:00Z/backup.log',
  })
})

test('two candidates are ambiguous', () => {
  assert.match(says(ended('completed', '', listing(newRow, row('2026-11-22T09:58:00Z')))), /^finish Ambiguous/)
})

test('`backup created` for a row that says failed is no backup', () => {
  const step = ended('completed', 'backup created', listing({...newRow, finished: false, error: 'True'}))
  assert.match(says(step), /^finish VerificationFailed: .*failed: True/)
})

test('done without a row is not believed', () => {
  assert.match(says(ended('completed', '', listing())), /^finish VerificationFailed: .*lists no new full backup/)
})

test('a failed task whose backup is complete and listed ends well, with the complaint of the task', () => {
  const step = ended('failed', 'Failed to retrieve backup id', listing(newRow))
  assert.equal(step.do === 'wait' && step.report.patch?.backupID, newRow.id)
  const proof = decide(observed({status: {...over('failed', 'Failed to retrieve backup id'), backupID: newRow.id}}))
  assert.match(
    says(proof),
    /^finish Succeeded: .*The task itself failed after the backup was complete: Failed to retrieve backup id\./,
  )
})

test('S2.12 a failure that may pass is tried again while backoffLimit allows, then fails with the text of the charm', () => {
  const words = 'Failed to backup PostgreSQL with error: boom'
  assert.match(
    says(ended('failed', words, listing())),
    /^finish Failed: The backup failed: Failed to backup PostgreSQL with error: boom/,
  )
  const again = ended('failed', words, listing(), {backoffLimit: 1})
  assert.deepEqual(again.do === 'wait' && [again.report.reason, again.afterMs], ['RetryBackoff', 10_000])
  const last = decide(
    observed({status: {...over('failed', words), attempt: 2}, spec: {backoffLimit: 1}, readings: {after: listing()}}),
  )
  assert.match(says(last), /^finish Failed: The backup failed \(attempt 2\)/)
})

test('a unit that refuses is left out and another one is tried at once', () => {
  const words = 'Unit cannot perform backups as it is the cluster primary'
  const step = ended('failed', words, listing())
  assert.deepEqual(step.do === 'wait' && step.report.patch?.unsuitableUnits, [{unit: 'postgresql/1', message: words}])
  assert.match(says(ended('failed', words, listing(), {backup: {unit: 'postgresql/1'}})), /^finish Failed/)
})

test('a refusal for units that the charm still counts does not count; one that lasts after they are gone does', () => {
  const words = 'Unit cannot perform backups as it is the cluster primary'
  const status = over('failed', words)
  const alone = {units: [unit('postgresql/1', {workloadMessage: 'Primary'})]}
  const record = {unit: 'postgresql/1', message: words, unsettled: true}
  for (const view of [{...alone, leaving: ['postgresql/2']}, alone]) {
    const step = decide(observed({status, view, spec: {backup: {unit: 'postgresql/1'}}}))
    assert.match(
      says(step),
      /^wait RetryBackoff: postgresql\/1 cannot make the backup while units are on their way out/,
    )
    assert.deepEqual(step.do === 'wait' && step.report.patch?.unsuitableUnits, [record])
  }
  const again = decide(observed({status: {...status, unsuitableUnits: [record]}, view: alone}))
  assert.deepEqual(again.do === 'wait' && again.report.patch?.unsuitableUnits, [
    record,
    {unit: 'postgresql/1', message: words},
  ])
})

const refusals: [string, RegExp][] = [
  [
    'Backups are not supported on a standby cluster. Run create-backup on the primary cluster instead.',
    /^finish StandbyCluster/,
  ],
  ['Relation with s3-integrator charm missing, cannot create/restore backup.', /^finish StorageNotConfigured/],
  ['Unit is in a blocking state', /^finish Failed: Unit is in a blocking state/],
]
for (const [words, expected] of refusals)
  test(`S1.9 the charm refuses: ${words}`, () => assert.match(says(ended('failed', words, listing())), expected))

test('a task that Juju has forgotten is settled by the listing', () => {
  const gone = decide(observed({status: {...enqueued, primary: 'postgresql/0'}}, {task: {state: 'gone'}}))
  assert.equal(gone.do === 'wait' && gone.report.patch?.taskStatus, 'pruned')
  assert.match(says(ended('pruned', '', listing(newRow))), /lists the new backup/)
  assert.match(says(ended('pruned', '', listing())), /^finish Failed: The task is over: the charm lists no new backup/)
})

test('S1.13 a cancel after the end changes nothing, and that is said', () => {
  const step = decide(observed({status: {...over('completed'), backupID: newRow.id}, spec: {cancel: 'Force'}}))
  assert.equal(step.do === 'finish' && step.report.reason, 'Succeeded')
  assert.deepEqual(step.do === 'finish' && step.report.conditions?.map(c => c.reason), [
    'FoundInListing',
    'Present',
    'TooLate',
  ])
})

const stored = (
  evidence: object,
  storage: object = {state: 'ready', endpoint: 'https://s3', region: 'r', bucket: 'b', path: 'p'},
) =>
  decide(
    observed(
      {
        status: {...over('completed'), backupID: newRow.id},
        spec: {storageRef: {name: 's3'}},
        readings: {store: evidence as never},
      },
      {storage: storage as never},
    ),
  )

test('reported done but missing or broken in the store is never Succeeded', () => {
  for (const [kind, reason] of [
    ['missing', 'MissingInStore'],
    ['broken', 'BrokenInStore'],
  ] as const) {
    const step = stored(ready({kind, message: 'no'}))
    assert.match(says(step), /^finish VerificationFailed/)
    assert.equal(step.do === 'finish' && step.report.conditions?.[0]?.reason, reason)
  }
})

test('a store that is away is waited for; one that is gone ends the job without success', () => {
  assert.match(
    says(stored({state: 'unread'}, {state: 'unready', reason: 'Unreachable', message: 'x'})),
    /^wait Verifying/,
  )
  assert.match(says(stored({state: 'unread'}, {state: 'missing', message: 'x'})), /^finish StorageUnavailable/)
})

test('S2.20 a finished job stays finished', () => {
  assert.deepEqual(decide(observed({status: {...finished, completionTime: at(-100)}, spec: {cancel: 'Force'}})), {
    do: 'nothing',
  })
})

test('S2.21 only finished jobs are cleared, when their time to live is over', () => {
  const spec = {ttlSecondsAfterFinished: 60}
  assert.equal(decide(observed({spec, status: {...finished, completionTime: at(-61)}})).do, 'delete')
  assert.deepEqual(decide(observed({spec, status: {...finished, completionTime: at(-50)}})), {
    do: 'nothing',
    afterMs: 10_000,
  })
  assert.match(
    says(decide(observed({spec, status: {...enqueued, primary: 'postgresql/0'}}, {task: task()}))),
    /^wait Running/,
  )
})

test('the finalizer of a finished job stays until its task is over or a person abandons it', () => {
  const status = {...enqueued, ...finished}
  assert.equal(decide(observed({status}, {held: true, task: task()})).do, 'nothing')
  assert.equal(decide(observed({status}, {held: true, task: task({status: 'completed'})})).do, 'release')
  assert.equal(decide(observed({status}, {held: true, task: task(), answer: 'Abandon'})).do, 'release')
})

test('deleting a job stops nothing that runs and starts nothing new', () => {
  const running = observed({status: {...enqueued, primary: 'postgresql/0'}}, {deleting: true, held: true, task: task()})
  assert.match(says(decide(running)), /^wait Running/)
  assert.equal(decide(observed({status: granted}, {deleting: true, held: true})).do, 'release')
  assert.equal(decide(observed({status: over('completed')}, {deleting: true, held: true})).do, 'release')
  const lost = {state: 'unready' as const, reason: 'SecretNotFound', message: '', permanent: true, followable: false}
  const step = decide(observed({status: enqueued}, {deleting: true, held: true, model: lost}))
  assert.equal(step.do === 'release' && step.lost, true)
})

const away = {state: 'unready', reason: 'Unreachable', message: 'refused', permanent: false, followable: false} as const

test('after the grant a job whose model is away keeps its reason', () => {
  const conditions = [
    {type: 'Succeeded', status: 'Unknown' as const, reason: 'Preparing', message: '', lastTransitionTime: at(-9)},
  ]
  assert.match(says(decide(observed({status: {...granted, conditions}}, {model: away}))), /^wait Preparing: .*refused/)
  const suspended = {...away, reason: 'Suspended', followable: true}
  assert.match(says(decide(observed({status: granted}, {model: suspended}))), /^wait Preparing: JujuModel is Suspended/)
})

test('a task that does not react to its cancel ends the waiting at the deadline; the cancel is asked for even after it', () => {
  const spec = {cancel: 'Force', activeDeadlineSeconds: 60}
  const look = (status: string) => decide(observed({status: enqueued, spec}, {task: task({status})}))
  assert.match(says(look('aborting')), /^finish DeadlineExceeded/)
  assert.equal(look('running').do, 'cancel')
})

const failedReading = {state: 'failed', message: 'no unit', failures: 2, retryAt: now + 1000} as const
const verifying = {
  type: 'Succeeded',
  status: 'Unknown' as const,
  reason: 'Verifying',
  message: '',
  lastTransitionTime: at(-5),
}
const unproved: [string, Parameters<typeof observed>][] = [
  ['Juju is away', [{status: {...over('completed'), conditions: [verifying]}}, {model: away}]],
  ['the listing fails', [{status: over('completed'), readings: {after: failedReading}}]],
  ['the listing is garbled', [{status: over('completed'), readings: {after: ready({ok: false, message: 'noise'})}}]],
  [
    'the store is away',
    [
      {status: {...over('completed'), backupID: 'x'}, spec: {storageRef: {name: 'store'}}},
      {storage: {state: 'unready', reason: 'Unreachable', message: 'x'}},
    ],
  ],
]
for (const [name, [world, more]] of unproved)
  test(`evidence that cannot be had is waited for until activeDeadlineSeconds only: ${name}`, () => {
    const withDeadline = (seconds: number) => ({...world, spec: {...world?.spec, activeDeadlineSeconds: seconds}})
    assert.match(says(decide(observed(withDeadline(3600), more))), /^(wait|read) Verifying/)
    assert.match(says(decide(observed(withDeadline(60), more))), /^finish DeadlineExceeded: .*not proved within 60 s/)
  })

test('evidence is looked at first, however late it is', () => {
  const spec = {activeDeadlineSeconds: 60}
  assert.equal(decide(observed({status: over('completed'), spec})).do, 'read')
})

test('a new row is not ours for sure when our task failed and another made backups meanwhile', () => {
  const rows = {ok: true as const, rows: [newRow], otherTasks: ['11']}
  const look = (status: string) =>
    says(decide(observed({status: over(status, 'boom'), readings: {after: ready(rows)}})))
  assert.match(look('failed'), /^finish Ambiguous: .*may be that of task 11/)
  assert.match(look('completed'), /^wait Verifying: .*as finished/)
})
