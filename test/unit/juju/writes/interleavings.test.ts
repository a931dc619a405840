import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type {OperationInfo} from '../../../../src/juju/tasks.ts'
import {judge} from '../../../../src/juju/writes/judge.ts'
import {enqueue, type TaskMarks, type TaskTarget} from '../../../../src/juju/writes/tasks.ts'
import {mayBeSentAgain, type Verdict, type WriteIntent} from '../../../../src/juju/writes/write.ts'
import {backup, callTimeoutMs, operation, seen, task, time, witness} from './builders.ts'

/** What becomes of one call: it arrives after a while (or never), and its reply is seen (or not). Ms after the intent. */
interface Fate {
  readonly arrivesAfterMs: number | undefined
  readonly replied: boolean
}

/** One story: what becomes of each call in turn, when strangers do the same, when the process starts again, when it looks. */
interface Story {
  readonly fates: readonly Fate[]
  readonly strangersAfterMs: readonly number[]
  /** the looks of the process, ms after each other; each on a new connection or on the one before */
  readonly looks: readonly {readonly afterMs: number; readonly newConnection: boolean; readonly ourClockOffMs: number}[]
  /** Juju forgets what is older than this, ms */
  readonly memoryMs: number
}

const fate = fc.record({
  arrivesAfterMs: fc.option(fc.integer({min: 0, max: callTimeoutMs - 1}), {nil: undefined}),
  replied: fc.boolean(),
})
const story: fc.Arbitrary<Story> = fc.record({
  fates: fc.array(fate, {minLength: 1, maxLength: 4}),
  strangersAfterMs: fc.array(fc.integer({min: -60_000, max: 200_000}), {maxLength: 2}),
  looks: fc.array(
    fc.record({
      afterMs: fc.integer({min: 0, max: 40_000}),
      newConnection: fc.boolean(),
      ourClockOffMs: fc.constantFrom(0, 0, 0, -20_000, 20_000),
    }),
    {minLength: 1, maxLength: 12},
  ),
  memoryMs: fc.constantFrom(Infinity, Infinity, 3_600_000, 60_000, 20_000, 1_000),
})

/** An operation as the model holds it; `call`: the number of our call that made it, undefined for a stranger's. */
interface Made {
  readonly at: number
  readonly call: number | undefined
}

interface Told {
  readonly verdict: Verdict<unknown>
  readonly call: number
}

/** Plays a story as the component asks for it. @returns all that was made, and each verdict about each call */
function play({fates, strangersAfterMs, looks, memoryMs}: Story): {made: readonly Made[]; told: readonly Told[]} {
  const made: Made[] = strangersAfterMs.map(ms => ({at: time + ms, call: undefined}))
  const told: Told[] = []
  let now = time
  let connectedSince = time - 1
  let call = 0
  let intent = send(made, fates[0], call, now)
  if (intent === undefined) return {made, told}
  for (const look of looks) {
    now += look.afterMs
    if (look.newConnection) connectedSince = now
    const shown = shownAt(made, now, memoryMs)
    const verdict = judge(enqueue, intent, {
      seen: seen(shown),
      readAt: now + look.ourClockOffMs,
      connectedSince,
      controllerTime: new Date(now).toISOString(),
    })
    told.push({verdict, call})
    if (verdict.kind === 'NotYet') continue
    if (!mayBeSentAgain(enqueue, verdict)) break
    call += 1
    const again = send(made, fates[call], call, now, highest(shown))
    if (again === undefined) break
    intent = again
  }
  return {made, told}
}

/** @returns the intent that is left open; undefined when the reply was seen, or the story ends here */
function send(
  made: Made[],
  fate: Fate | undefined,
  call: number,
  now: number,
  highestOperationID = '9',
): WriteIntent<TaskTarget, TaskMarks> | undefined {
  if (fate === undefined) return undefined
  if (fate.arrivesAfterMs !== undefined) made.push({at: now + fate.arrivesAfterMs, call})
  if (fate.replied && fate.arrivesAfterMs !== undefined) return undefined
  return {
    target: backup,
    before: {highestOperationID},
    time: now,
    controllerTime: new Date(now).toISOString(),
    callTimeoutMs,
  }
}

/** What a listing shows: ids rise with time, the oldest are forgotten; list-backups ran right before the first intent. */
function shownAt(made: readonly Made[], now: number, memoryMs: number): readonly OperationInfo[] {
  const before = {...witness, enqueued: new Date(time - 1).toISOString()}
  const arrived = made.filter(({at}) => at <= now).sort((a, b) => a.at - b.at)
  const early = arrived.filter(({at}) => at < time)
  const operations = arrived.map(({at}, index) => {
    const id = index < early.length ? index : 10 + index - early.length
    return operation({
      operationID: String(id),
      enqueued: new Date(at).toISOString(),
      tasks: [task({taskID: String(at)})],
    })
  })
  return [...operations.slice(0, early.length), before, ...operations.slice(early.length)].filter(
    ({enqueued}) => now - Date.parse(enqueued ?? '') <= memoryMs,
  )
}

function highest(shown: readonly OperationInfo[]): string {
  return String(Math.max(-1, ...shown.map(({operationID}) => Number(operationID)))).replace('-1', '')
}

test('S1.5 whatever is lost, late, equal or forgotten, and whenever somebody looks: never two effects of one wish', () => {
  fc.assert(
    fc.property(story, one => {
      const {made} = play(one)
      const ours = made.filter(({call}) => call !== undefined)
      assert.ok(ours.length <= 1, `${ours.length} effects`)
    }),
    {numRuns: 20_000},
  )
})

test('S1.5 DidNotHappen is said only of a call that has not happened and will not', () => {
  fc.assert(
    fc.property(story, one => {
      const {made, told} = play(one)
      for (const {verdict, call} of told) {
        if (verdict.kind === 'DidNotHappen') assert.ok(made.every(operation => operation.call !== call))
      }
    }),
    {numRuns: 20_000},
  )
})

test('S1.5 a story without strangers and with a long memory ends: what arrived is found, what did not is sent again', () => {
  const quiet = story.map(one => ({...one, strangersAfterMs: [], memoryMs: Infinity}))
  const enough = Array.from({length: 12}, () => ({afterMs: 40_000, newConnection: true, ourClockOffMs: 0}))
  fc.assert(
    fc.property(quiet, one => {
      const {made, told} = play({...one, looks: enough})
      const {kind} = told.at(-1)?.verdict ?? {kind: 'none'}
      const arrived = made.some(({call}) => call === told.at(-1)?.call)
      if (told.length > 0) assert.equal(kind, arrived ? 'Happened' : 'DidNotHappen')
    }),
  )
})
