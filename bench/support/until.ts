import {setTimeout as delay} from 'node:timers/promises'

const patienceMs = 15 * 60_000

/** Waits until `holds`. @param everyMs between two looks @throws Error when it takes longer than 15 minutes */
export async function until(what: string, holds: () => Promise<boolean>, everyMs = 1000): Promise<void> {
  const end = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${patienceMs / 60_000} minutes: ${what}`)
    await delay(everyMs)
  }
}
