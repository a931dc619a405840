import assert from 'node:assert/strict'
import {test} from 'node:test'
import {CalendarMemo} from '../../../../src/calendar/index.ts'
import {
  decideSlots,
  type SlotChild,
  type SlotQuestion,
  type SlotVerdict,
} from '../../../../src/controllers/backup-schedule/slots.ts'

const at = (time: string): number => Date.parse(`2026-11-${time}:00Z`)
/** Every night at two, from the 20th on. */
const nightly = {schedule: '0 2 * * *', timeZone: 'UTC'}

type Changes = Partial<Omit<SlotQuestion, 'spec'>> & {readonly spec?: Partial<SlotQuestion['spec']>}

function question(now: string, {spec, ...changes}: Changes = {}): SlotQuestion {
  return {
    now: at(now),
    memo: new CalendarMemo(),
    ledger: {...nightly, suspended: false, since: at('20T12:00'), accountedUntil: at('20T12:00')},
    wanted: {...nightly, suspended: false},
    spec: {missedRunPolicy: 'RunOnce', concurrencyPolicy: 'Forbid', ...spec},
    jitterMs: 0,
    made: [],
    active: [],
    isTaken: () => false,
    modelReady: true,
    refreshing: false,
    refused: false,
    ...changes,
  }
}

const child = (slot: string, changes: Partial<SlotChild> = {}): SlotChild => ({
  name: `nightly-${slot}`,
  slot: at(slot),
  createdAt: at(slot),
  finished: false,
  granted: false,
  replaced: false,
  ...changes,
})

/** The verdict in a form that reads well in a failure. */
const told = ({accounts, create, replace, waiting, dueAt, ledger}: SlotVerdict): object => ({
  accounts: accounts.map(({outcome, reason, slot, count}) =>
    [outcome, ...(reason === undefined ? [] : [reason]), timeOf(slot), ...(count === 1 ? [] : [`x${count}`])].join(' '),
  ),
  ...(create === undefined ? {} : {create: timeOf(create)}),
  ...(replace === undefined ? {} : {replace: `${replace.name} by ${timeOf(replace.bySlot)}`}),
  ...(waiting === undefined ? {} : {waiting: `${waiting.reason} until ${timeOf(waiting.until)}`}),
  ...(dueAt === undefined ? {} : {due: timeOf(dueAt)}),
  until: timeOf(ledger.accountedUntil),
})
const timeOf = (ms: number): string => new Date(ms).toISOString().slice(8, 16)

const ledgerFrom = (time: string, changes: Partial<SlotQuestion['ledger']> = {}): SlotQuestion['ledger'] => ({
  ...nightly,
  suspended: false,
  since: at(time),
  accountedUntil: at(time),
  ...changes,
})

const cases: readonly [name: string, SlotQuestion, object][] = [
  [
    'S5.5 nothing has come due: the next slot is known',
    question('21T01:59'),
    {accounts: [], due: '21T02:00', until: '20T12:00'},
  ],
  [
    'a due slot is created before it is accounted for',
    question('21T02:00'),
    {accounts: [], create: '21T02:00', due: '22T02:00', until: '20T12:00'},
  ],
  [
    'S5.22 a slot whose child is there is accounted for, and never created again',
    question('21T02:00', {made: [child('21T02:00')], active: [child('21T02:00')]}),
    {accounts: ['Ran 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'a child that was created more than a minute after its time is late',
    question('21T03:00', {made: [child('21T02:00', {createdAt: at('21T02:02')})]}),
    {accounts: ['Late 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'the jitter moves the time of a slot, and what is late counts from there',
    question('21T02:09', {jitterMs: 600_000}),
    {accounts: [], due: '21T02:10', until: '20T12:00'},
  ],
  [
    'S5.17 of many missed slots the newest runs, and all others are counted',
    question('24T05:00'),
    {accounts: ['Skipped OperatorDown 23T02:00 x3'], create: '24T02:00', due: '25T02:00', until: '24T01:59'},
  ],
  [
    'S5.17 one that was created before the operator stopped is among them',
    question('24T05:00', {made: [child('21T02:00', {finished: true})]}),
    {
      accounts: ['Ran 21T02:00', 'Skipped OperatorDown 23T02:00 x2'],
      create: '24T02:00',
      due: '25T02:00',
      until: '24T01:59',
    },
  ],
  [
    'S5.17 with missedRunPolicy Skip none of them runs',
    question('22T05:00', {spec: {missedRunPolicy: 'Skip'}}),
    {accounts: ['Skipped OperatorDown 21T02:00', 'Skipped OperatorDown 22T02:00'], due: '23T02:00', until: '22T02:00'},
  ],
  [
    'S5.17 beyond startingDeadlineSeconds none of them runs',
    question('21T03:00', {spec: {startingDeadlineSeconds: 1800}}),
    {accounts: ['Skipped DeadlineExceeded 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'S5.18 Forbid skips a slot while a child is not over',
    question('21T02:00', {active: [{name: 'older', granted: true}]}),
    {accounts: ['Skipped Overlap 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'S5.18 Queue lets one child wait behind the one that runs',
    question('21T02:00', {spec: {concurrencyPolicy: 'Queue'}, active: [{name: 'older', granted: true}]}),
    {accounts: [], create: '21T02:00', due: '22T02:00', until: '20T12:00'},
  ],
  [
    'S5.18 Queue lets no second one wait',
    question('21T02:00', {spec: {concurrencyPolicy: 'Queue'}, active: [{name: 'older', granted: false}]}),
    {accounts: ['Skipped Overlap 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'S5.18 Replace leaves a slot open as long as its child may have to give way',
    question('21T04:00', {
      spec: {concurrencyPolicy: 'Replace'},
      made: [child('21T02:00')],
      active: [child('21T02:00')],
    }),
    {accounts: [], due: '22T02:00', until: '20T12:00'},
  ],
  [
    'S5.18 Replace: the new child is made before the one that waits gives way',
    question('22T02:00', {
      spec: {concurrencyPolicy: 'Replace'},
      made: [child('21T02:00')],
      active: [child('21T02:00')],
    }),
    {accounts: [], create: '22T02:00', due: '23T02:00', until: '20T12:00'},
  ],
  [
    'S5.18 Replace: then the child that waits gives way to it',
    question('22T02:00', {
      spec: {concurrencyPolicy: 'Replace'},
      made: [child('21T02:00'), child('22T02:00')],
      active: [child('21T02:00'), child('22T02:00')],
    }),
    {accounts: [], replace: 'nightly-21T02:00 by 22T02:00', due: '23T02:00', until: '20T12:00'},
  ],
  [
    'S5.18 Replace: while the model is away every slot has its account, and the one that waits may stay',
    question('23T02:00', {
      spec: {concurrencyPolicy: 'Replace'},
      modelReady: false,
      waiting: {slot: at('22T02:00'), reason: 'ModelUnavailable'},
      made: [child('21T02:00')],
      active: [child('21T02:00')],
    }),
    {
      accounts: ['Ran 21T02:00', 'Skipped ModelUnavailable 22T02:00'],
      waiting: 'ModelUnavailable until 24T02:00',
      due: '24T02:00',
      until: '23T01:59',
    },
  ],
  [
    'S5.18 Replace: the one that gave way is Replaced',
    question('22T02:00', {
      spec: {concurrencyPolicy: 'Replace'},
      made: [child('21T02:00', {replaced: true, finished: true}), child('22T02:00', {granted: true})],
      active: [child('22T02:00', {granted: true})],
    }),
    {accounts: ['Skipped Replaced 21T02:00', 'Ran 22T02:00'], due: '23T02:00', until: '22T02:00'},
  ],
  [
    'S5.18 Replace: one that runs is waited for',
    question('22T02:00', {
      spec: {concurrencyPolicy: 'Replace'},
      ledger: ledgerFrom('21T02:00'),
      active: [child('21T02:00', {granted: true})],
    }),
    {accounts: [], create: '22T02:00', due: '23T02:00', until: '21T02:00'},
  ],
  [
    'S5.19 slots of a suspended schedule are skipped, each with its reason',
    question('22T05:00', {wanted: {...nightly, suspended: true}, ledger: ledgerFrom('20T12:00', {suspended: true})}),
    {accounts: ['Skipped Suspended 21T02:00', 'Skipped Suspended 22T02:00'], due: '23T02:00', until: '22T02:00'},
  ],
  [
    'S5.19 a resume runs none of the slots that passed meanwhile',
    question('22T05:00', {ledger: ledgerFrom('20T12:00', {suspended: true})}),
    {accounts: ['Skipped Suspended 21T02:00', 'Skipped Suspended 22T02:00'], due: '23T02:00', until: '22T05:00'},
  ],
  [
    'a slot outside of the windows is skipped',
    question('21T02:00', {spec: {windows: [{start: '03:00', durationSeconds: 3600, blackout: false}]}}),
    {accounts: ['Skipped OutsideWindow 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'a missed slot is not made up for outside of the windows',
    question('21T05:00', {spec: {windows: [{start: '01:00', durationSeconds: 7200, blackout: false}]}}),
    {accounts: ['Skipped OperatorDown 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'a model that is not ready: the slot waits until the next one',
    question('21T02:00', {modelReady: false}),
    {accounts: [], waiting: 'ModelUnavailable until 22T02:00', due: '22T02:00', until: '20T12:00'},
  ],
  [
    'a slot that waited runs late once the model is ready',
    question('21T09:00', {
      waiting: {slot: at('21T02:00'), reason: 'ModelUnavailable'},
      spec: {missedRunPolicy: 'Skip'},
    }),
    {accounts: [], create: '21T02:00', due: '22T02:00', until: '20T12:00'},
  ],
  [
    'S5.23 a slot that waited in vain says for what',
    question('22T02:00', {modelReady: false, waiting: {slot: at('21T02:00'), reason: 'ModelUnavailable'}}),
    {
      accounts: ['Skipped ModelUnavailable 21T02:00'],
      waiting: 'ModelUnavailable until 23T02:00',
      due: '23T02:00',
      until: '22T01:59',
    },
  ],
  [
    'while the application is refreshed, slots are skipped',
    question('21T02:00', {refreshing: true}),
    {accounts: ['Skipped RefreshInProgress 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'a foreign object that has the name of the child is left alone',
    question('21T02:00', {isTaken: () => true}),
    {accounts: ['Skipped NameTaken 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'a template that was refused is tried again until the deadline, and says so afterwards',
    question('21T03:00', {
      refused: true,
      spec: {startingDeadlineSeconds: 1800},
      waiting: {slot: at('21T02:00'), reason: 'TemplateRefused'},
    }),
    {accounts: ['Skipped DeadlineExceeded 21T02:00'], due: '22T02:00', until: '21T02:00'},
  ],
  [
    'a new pattern counts from the moment at which it was seen',
    question('21T01:00', {wanted: {schedule: '30 0 * * *', timeZone: 'UTC', suspended: false}}),
    {accounts: [], due: '22T00:30', until: '21T01:00'},
  ],
  [
    'a slot that was due before the pattern changed still runs',
    question('21T02:00', {wanted: {schedule: '30 0 * * *', timeZone: 'UTC', suspended: false}}),
    {accounts: [], create: '21T02:00', due: '22T02:00', until: '20T12:00'},
  ],
  [
    'a slot that waits ends with the pattern that it is of',
    question('21T05:00', {
      modelReady: false,
      waiting: {slot: at('21T02:00'), reason: 'ModelUnavailable'},
      wanted: {schedule: '30 0 * * *', timeZone: 'UTC', suspended: false},
    }),
    {accounts: ['Skipped ModelUnavailable 21T02:00'], due: '22T00:30', until: '21T05:00'},
  ],
  [
    'a pattern that nobody can read has no slots',
    question('23T02:00', {
      ledger: ledgerFrom('20T12:00', {schedule: ''}),
      wanted: {schedule: '', timeZone: 'UTC', suspended: false},
    }),
    {accounts: [], until: '20T12:00'},
  ],
  [
    'a clock that was a year ahead: the schedule goes on with the right time',
    question('21T01:00', {ledger: {...ledgerFrom('22T02:00'), accountedUntil: Date.parse('2027-11-21T02:00:00Z')}}),
    {accounts: [], due: '21T02:00', until: '21T01:00'},
  ],
  [
    'a pattern that is changed between slot and due time: what falls due is the new one',
    question('21T02:05', {jitterMs: 600_000, wanted: {schedule: '0 2 * * MON-SUN', timeZone: 'UTC', suspended: false}}),
    {accounts: [], due: '21T02:10', until: '21T01:55'},
  ],
  [
    'a clock that was set back: nothing is due twice',
    question('21T01:00', {ledger: ledgerFrom('22T02:00')}),
    {accounts: [], due: '23T02:00', until: '22T02:00'},
  ],
]

for (const [name, asked, expected] of cases)
  test(name, () => {
    assert.deepEqual(told(decideSlots(asked)), expected)
  })
