import {countSlots, latestSlot, nextSlot, type CalendarMemo} from '../../calendar/index.ts'

/** A cron pattern with its zone. The empty pattern stands for one that nobody can read; it has no slots. */
export interface Pattern {
  readonly schedule: string
  readonly timeZone: string
}

/** The slots of patterns; times are ms since the epoch. What was worked out about a pattern is remembered in the memo. */
export class Slots {
  readonly #memo: CalendarMemo

  constructor(memo: CalendarMemo) {
    this.#memo = memo
  }

  /** The newest slot in (after, notAfter]. */
  newest({schedule, timeZone}: Pattern, after: number, notAfter: number): number | undefined {
    return schedule === '' || notAfter <= after
      ? undefined
      : latestSlot(schedule, timeZone, after, notAfter, this.#memo)
  }

  /** How many slots there are in (after, notAfter]. */
  count({schedule, timeZone}: Pattern, after: number, notAfter: number): number {
    return schedule === '' || notAfter <= after ? 0 : countSlots(schedule, timeZone, after, notAfter, this.#memo)
  }

  /** The first slot after a moment. */
  next({schedule, timeZone}: Pattern, after: number): number | undefined {
    return schedule === '' ? undefined : nextSlot(schedule, timeZone, after, this.#memo)
  }
}
