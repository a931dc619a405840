import {readFile, rm, writeFile} from 'node:fs/promises'
import {setTimeout as delay} from 'node:timers/promises'

/**
 * Runs `work` while no other process of this machine holds the lock file. The lock of a process that is gone is taken
 * over; `waiting` is called once when there is somebody to wait for.
 */
export async function withLock<T>(file: string, waiting: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  let told = false
  while (!(await take(file))) {
    const holder = await holderOf(file)
    if (holder !== undefined && !told) waiting(holder)
    told ||= holder !== undefined
    await delay(250)
  }
  try {
    return await work()
  } finally {
    await rm(file, {force: true})
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), {flag: 'wx'})
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The live holder's process id. A file left by a dead one is removed; an empty one is being written right now. */
async function holderOf(file: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''))
  if (pid === 0) return undefined
  if (alive(pid)) return pid
  await rm(file, {force: true})
  return undefined
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
