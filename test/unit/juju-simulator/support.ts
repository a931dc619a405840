import {setTimeout as pause} from 'node:timers/promises'

/** Waits for a condition in real time. @throws Error after five seconds */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`this did not become true: ${condition.toString()}`)
    await pause(5)
  }
}
