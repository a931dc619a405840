import fc from 'fast-check'
import {kind, nothing, seconds, type Kinds} from './move.ts'

const backups = fc.constantFrom('a', 'b', 'c')
const restores = fc.constantFrom('r', 's')
const everyJob = fc.constantFrom('a', 'b', 'c', 'i', 'r', 's')
const cancels = fc.constantFrom('No', 'No', 'No', 'IfSafe', 'Force')
const deadlines = fc.constantFrom(undefined, undefined, undefined, 90)
/** Most restores are let run, or nothing would be seen of what they do. */
const rarely = <T, U>(usual: T, other: fc.Arbitrary<U>) =>
  fc.oneof({weight: 7, arbitrary: fc.constant(usual)}, {weight: 1, arbitrary: other})

/** Hooks around a job; `quiesce` always fails. */
const hooks = fc.constantFrom(
  undefined,
  undefined,
  {pre: [{action: 'pause'}], post: [{action: 'resume', params: {mode: 'slow'}}]},
  {pre: [{action: 'pause', unit: 'All'}], post: [{action: 'resume'}]},
  {pre: [{action: 'pause'}, {action: 'quiesce'}], post: [{action: 'resume'}]},
  {pre: [{action: 'quiesce', onError: 'Continue'}], post: [{action: 'resume', when: 'OnSuccess'}]},
)

const deadline = (given: number | undefined) => (given === undefined ? {} : {activeDeadlineSeconds: given})
const around = (given: unknown) => (given === undefined ? {} : {hooks: given})
const provedIn = (stored: boolean) => (stored ? {storageRef: {name: 'backups'}} : {})

/** Time, backups, and what becomes of any job. */
const common = {
  'time passes': kind({value: seconds(1, 300), play: (world, ms) => world.pass(ms), weight: 6}),
  'a job is deleted': kind({value: everyJob, play: (world, name) => world.remove(name)}),
  'a job is cancelled': kind({
    value: fc.record({name: everyJob, how: fc.constantFrom('IfSafe', 'Force')}),
    play: (world, {name, how}) => world.cancel(name, how),
  }),
  'a stranger runs an action': kind({
    value: fc.record({unit: fc.integer({min: 0, max: 2}), action: fc.constantFrom('create-backup', 'list-backups')}),
    play: (world, {unit, action}) => world.stranger(unit, action),
  }),
  'a backup fails': kind({
    value: fc.constantFrom('an error of pgBackRest', 'one after the backup was made'),
    play: (world, how) =>
      world.scriptFailure({
        run: {rc: 1, stdout: '', stderr: 'pgBackRest is not well'},
        madeAnyway: how === 'one after the backup was made',
      }),
  }),
} satisfies Kinds

const aBackup = kind({
  value: fc.record({
    name: backups,
    cancel: cancels,
    backoffLimit: fc.constantFrom(0, 0, 1, 2),
    type: fc.constantFrom('Full', 'Full', 'Incremental'),
    stored: fc.boolean(),
    deadline: deadlines,
    hooks,
  }),
  play: (world, {name, cancel, backoffLimit, type, stored, ...more}) =>
    world.ask(name, {
      backup: {type},
      cancel,
      backoffLimit,
      ...provedIn(stored),
      ...deadline(more.deadline),
      ...around(more.hooks),
    }),
})

/** People who make backups. */
export const backingUp: Kinds = {...common, 'a backup is asked for': {...aBackup, weight: 5}}

/** People who restore what was backed up, over and over, and with the same request. */
export const restoring: Kinds = {
  ...common,
  'a backup is asked for': aBackup,
  'a restore is asked for': kind({
    value: fc.record({
      name: restores,
      requestID: fc.constantFrom('one', 'one', 'two'),
      replicas: rarely('Rebuild', fc.constant('Refuse')),
      safetyBackup: fc.constantFrom('Skip', 'Skip', 'IfPossible', 'Required'),
      pointInTime: fc.constantFrom(undefined, undefined, 'latest', 'now'),
      validSeconds: rarely(86_400, fc.constant(120)),
      cancel: rarely('No', fc.constantFrom('IfSafe', 'Force')),
      stored: fc.boolean(),
      deadline: rarely(undefined, fc.constantFrom(90, 600)),
      hooks,
    }),
    play: (world, {name, requestID, replicas, safetyBackup, pointInTime, validSeconds, cancel, stored, ...more}) =>
      world.ask(name, {
        type: 'Restore',
        restore: world.confirmed({requestID, validSeconds, replicas, safetyBackup, pointInTime}),
        cancel,
        ...provedIn(stored),
        ...deadline(more.deadline),
        ...around(more.hooks),
      }),
    weight: 6,
  }),
  'a restore is deleted, and made anew as soon as it is gone': kind({
    value: restores,
    play: (world, name) => world.makeAnew(name),
    weight: 2,
  }),
  'a backup is imported': kind({
    value: fc.record({which: fc.constantFrom('newest', 'oldest', 'unknown'), stored: fc.boolean()}),
    play: (world, {which, stored}) => world.ask('i', {backup: {importID: world.idOf(which)}, ...provedIn(stored)}),
  }),
  'a stranger restores': kind({value: nothing, play: world => world.stranger(0, 'restore')}),
  'restores go wrong': kind({
    value: fc.constantFrom('failed', 'pitr-failed', undefined),
    play: ({world}, how) => void (world.engine.restoreFails = how),
  }),
  'somebody writes': kind({value: nothing, play: ({world}) => world.engine.write()}),
  'somebody adds a unit': kind({value: nothing, play: world => world.addUnit()}),
  'somebody removes a unit': kind({value: nothing, play: world => world.removeUnit()}),
  'an agent dies': kind({value: fc.integer({min: 0, max: 2}), play: (world, unit) => world.killAgent(unit)}),
}
