import {clockOf, dateOf, dayMs, minuteMs, two} from './civil.ts'

/** An instant on the clock of a place with its offset, RFC 3339: `2026-03-29T03:00:00+02:00`. @param offset in ms */
export function localTime(time: number, offset: number): string {
  const local = time + offset
  const {year, month, day} = dateOf(Math.floor(local / dayMs))
  const second = Math.floor((((local % minuteMs) + minuteMs) % minuteMs) / 1000)
  const clock = clockOf(Math.floor(local / minuteMs))
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${clock}:${two(second)}${offsetText(offset)}`
}

function offsetText(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / minuteMs)
  return minutes === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${clockOf(minutes)}`
}
