import assert from 'node:assert/strict'
import {test} from 'node:test'
import * as fc from 'fast-check'
import type {BackupScheduleStatus} from '../../src/api/backup-schedule.ts'
import {CalendarMemo, countSlots} from '../../src/calendar/index.ts'
import {isFinished} from '../../src/controllers/backup-job/rules/state.ts'
import {propertySettings} from '../support/property-settings.ts'
import {SchedulesWorld} from './support/schedules-world.ts'

const minute = 60_000
const memo = new CalendarMemo()

type Move =
  | {readonly do: 'pass'; readonly minutes: number}
  | {readonly do: 'crash' | 'die' | 'start' | 'second'}
  | {readonly do: 'finish'; readonly good: boolean}
  | {readonly do: 'grant' | 'delete a finished job' | 'run now'}
  | {readonly do: 'suspend'; readonly suspend: boolean}
  | {readonly do: 'pattern'; readonly schedule: string}
  | {readonly do: 'model'; readonly ready: boolean}
  | {readonly do: 'fault'; readonly what: string; readonly method: string; readonly lost: boolean}
  | {readonly do: 'mend'}
  | {readonly do: 'jump'; readonly minutes: number}

const patterns = ['*/5 * * * *', '*/7 * * * *', '3-50/11 * * * *']
const one = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const move: fc.Arbitrary<Move> = fc.oneof(
  {weight: 6, arbitrary: fc.record({do: one('pass' as const), minutes: fc.integer({min: 1, max: 17})})},
  {weight: 3, arbitrary: fc.record({do: one('finish' as const), good: fc.boolean()})},
  {
    weight: 2,
    arbitrary: fc.record({
      do: one('grant', 'crash', 'die', 'start', 'second', 'run now', 'mend'),
    }) as fc.Arbitrary<Move>,
  },
  {weight: 1, arbitrary: fc.record({do: one('delete a finished job' as const)})},
  {weight: 1, arbitrary: fc.record({do: one('suspend' as const), suspend: fc.boolean()})},
  {weight: 1, arbitrary: fc.record({do: one('pattern' as const), schedule: one(...patterns)})},
  {weight: 1, arbitrary: fc.record({do: one('model' as const), ready: fc.boolean()})},
  {weight: 1, arbitrary: fc.record({do: one('jump' as const), minutes: one(-60, -7, 3, 60)})},
  {
    weight: 2,
    arbitrary: fc.record({
      do: one('fault' as const),
      what: one('/backupjobs', '/backupschedules'),
      method: one('POST', 'PUT', 'PATCH', 'GET'),
      lost: fc.boolean(),
    }),
  },
)

const spec = fc.record({
  schedule: one(...patterns),
  concurrencyPolicy: one('Forbid', 'Queue', 'Replace'),
  missedRunPolicy: one('RunOnce', 'Skip'),
  jitterSeconds: one(0, 0, 45),
  startingDeadlineSeconds: one(undefined, undefined, 120),
})
type Spec = typeof spec extends fc.Arbitrary<infer S> ? S : never

/** A world whose API server can be made to fail, or to lose its answers after it has done the work. */
class TroubledWorld {
  readonly world: SchedulesWorld
  readonly #faults: Extract<Move, {do: 'fault'}>[] = []
  #spec: Spec
  #tokens = 0

  constructor(first: Spec) {
    this.#spec = first
    this.world = new SchedulesWorld('2026-11-20T12:00:01Z', transport => ({
      ...transport,
      send: async request => {
        const hit = this.#faults.find(
          ({what, method}) => request.kind !== 'watch' && request.path.includes(what) && request.method === method,
        )
        if (hit?.lost === false) throw new Error('connection refused')
        const answer = await transport.send(request)
        if (hit !== undefined) throw new Error('connection reset')
        return answer
      },
    }))
    this.#apply({})
    this.world.startScheduler()
  }

  #apply(changes: Record<string, unknown>): void {
    this.#spec = {...this.#spec, ...changes}
    this.world.apply(Object.fromEntries(Object.entries(this.#spec).filter(([, value]) => value !== undefined)))
  }

  async make(one: Move): Promise<void> {
    const {world} = this
    const open = world.jobs().find(({status}) => !isFinished(status))?.metadata.name
    if (one.do === 'pass') await world.pass(one.minutes * minute)
    else if (one.do === 'crash') this.#restart()
    else if (one.do === 'die') world.killSchedulers()
    else if (one.do === 'start' && world.running === 0) world.startScheduler()
    else if (one.do === 'second' && world.running < 2) world.startScheduler()
    else if (one.do === 'finish' && open !== undefined) world.finish(open, one.good ? 'Succeeded' : 'Failed')
    else if (one.do === 'grant' && open !== undefined) world.grant(open)
    else if (one.do === 'delete a finished job') this.#deleteFinished()
    else if (one.do === 'run now') this.#apply({runNow: `token-${this.#tokens++}`})
    else if (one.do === 'suspend') this.#apply({suspend: one.suspend})
    else if (one.do === 'pattern') this.#apply({schedule: one.schedule})
    else if (one.do === 'model') world.model.ready = one.ready
    else if (one.do === 'jump') world.clock.jumpWall(one.minutes * minute)
    else if (one.do === 'fault') this.#faults.push(one)
    else if (one.do === 'mend') this.#faults.length = 0
  }

  #restart(): void {
    this.world.killSchedulers()
    this.world.startScheduler()
  }

  /** Only one that is accounted for: what it was made for is known from nowhere else before that. */
  #deleteFinished(): void {
    const {world} = this
    const until = Date.parse(world.status().pattern?.accountedUntil ?? '')
    const handled = world.status().recentRuns?.map(({job}) => job) ?? []
    const job = world.jobs().find(({metadata, status}) => {
      const slot = Date.parse(metadata.annotations?.['charmkeeper.dev/slot'] ?? '')
      return isFinished(status) && slot <= until && handled.includes(metadata.name)
    })
    if (job !== undefined) world.delete(job.metadata.name)
  }

  /** Nothing is in the way any more, and time goes on. */
  async rest(): Promise<void> {
    const {world} = this
    this.#faults.length = 0
    world.model.ready = true
    if (world.running === 0) world.startScheduler()
    await world.pass(90 * minute)
    for (let rounds = 0; rounds < 3; rounds++) {
      for (const {metadata, status} of world.jobs()) if (!isFinished(status)) world.finish(metadata.name)
      await world.pass(20 * minute)
    }
  }
}

const total = ({slots}: BackupScheduleStatus): number =>
  (slots?.ran ?? 0) +
  (slots?.late ?? 0) +
  Object.values(slots?.skipped ?? {}).reduce<number>((sum, count) => sum + (count ?? 0), 0)

/** What every status has to say of the slots between it and the one before, by the pattern that was in force. */
function everySlotIsAccountedFor(history: readonly BackupScheduleStatus[], jitterMs: number): void {
  const written = history.filter(({pattern}) => pattern !== undefined)
  for (const [index, next] of written.entries()) {
    const before = written[index - 1]
    if (before?.pattern === undefined || next.pattern === undefined) continue
    const {schedule = '', timeZone, accountedUntil, since} = before.pattern
    const isSame = next.pattern.schedule === schedule && next.pattern.since === since
    const until = isSame ? Date.parse(next.pattern.accountedUntil) : Date.parse(next.pattern.since) - jitterMs
    const elapsed =
      until <= Date.parse(accountedUntil) ? 0 : countSlots(schedule, timeZone, Date.parse(accountedUntil), until, memo)
    assert.equal(total(next) - total(before), elapsed, `between ${accountedUntil} and ${new Date(until).toISOString()}`)
  }
}

/** Children that a pattern may have found for slots of its own: the clock was set back, and the pattern before had made them. */
function foundAgain(history: readonly BackupScheduleStatus[]): number {
  const made = new Map<string, number>()
  let found = 0
  let last: string | undefined
  for (const {pattern, recentRuns = []} of history) {
    const since = pattern?.since
    if (since === undefined) continue
    if (last !== undefined && last !== since)
      found += [...made.values()].filter(slot => slot > Date.parse(since)).length
    last = since
    for (const {job, slot} of recentRuns) if (job !== undefined) made.set(job, Date.parse(slot))
  }
  return found
}

async function story(first: Spec, moves: readonly Move[]): Promise<void> {
  const troubled = new TroubledWorld(first)
  const {world} = troubled
  try {
    for (const one of moves) await troubled.make(one)
    await troubled.rest()
    const status = world.status()
    const jitterMs = (status.effectiveJitterSeconds ?? 0) * 1000
    everySlotIsAccountedFor(world.history, jitterMs)
    const {pattern} = status
    assert.ok(pattern !== undefined)
    const until = Date.parse(pattern.accountedUntil)
    const now = world.clock.now() - jitterMs
    const open = now <= until ? 0 : countSlots(pattern.schedule ?? '', pattern.timeZone, until, now, memo)
    assert.ok(open <= (first.concurrencyPolicy === 'Replace' ? 1 : 0), `${open} slots are left behind`)
    assert.equal(new Set(world.stored).size, world.stored.length, 'two children for one slot')
    const made = (status.slots?.ran ?? 0) + (status.slots?.late ?? 0) + (status.slots?.skipped['Replaced'] ?? 0)
    const children = world.stored.length
    const all = children + foundAgain(world.history)
    assert.ok(all >= made && children - made <= 1, `${children} children for slots, ${made} accounted for`)
  } finally {
    world.stop()
  }
}

test('S5.17 S5.18 S5.19 S5.20 S5.22 one child for each slot, and every slot accounted for, whatever happens', async () => {
  const property = fc.asyncProperty(spec, fc.array(move, {minLength: 4, maxLength: 24}), story)
  await fc.assert(property, propertySettings({numRuns: 20}))
})

test('S5.17 a slot that comes again under another pattern, as the clock was set back, has the child that it had', async () => {
  const schedule = '3-50/11 * * * *'
  const first = {concurrencyPolicy: 'Forbid', missedRunPolicy: 'RunOnce', jitterSeconds: 0} as const
  await story({...first, schedule, startingDeadlineSeconds: undefined}, [
    {do: 'pass', minutes: 21},
    {do: 'finish', good: false},
    {do: 'pass', minutes: 4},
    {do: 'pattern', schedule: '*/5 * * * *'},
    {do: 'finish', good: false},
    {do: 'jump', minutes: -60},
  ])
})
