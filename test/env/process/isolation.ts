import {accessSync, constants, readFileSync} from 'node:fs'
import {userInfo} from 'node:os'

/** A user of this machine, as spawn's options take it. */
export interface Identity {
  readonly uid: number
  readonly gid: number
}

/**
 * Makes a command die with the process that starts it, even when that is killed: the kernel sends the signal
 * (util-linux' setpriv). Elsewhere than on Linux the caller's own exit hook has to do.
 */
export function isolate(file: string, args: readonly string[], signal: 'KILL' | 'TERM' | 'QUIT') {
  const setpriv = '/usr/bin/setpriv'
  if (!executable(setpriv)) return {file, args: [...args]}
  return {file: setpriv, args: ['--pdeathsig', signal, '--', file, ...args]}
}

/** Signals a whole process group; a group that is gone already is fine. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/**
 * The user that servers which refuse to run as root (PostgreSQL) run as: this process's own, or, when that is root,
 * the one named.
 *
 * @returns undefined where no change of user is needed
 * @throws Error when this process is root and the machine has no such user
 */
export function unprivileged(name: string): Identity | undefined {
  if (userInfo().uid !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(entry => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  if (uid === undefined || gid === undefined) throw new Error(`this machine has no user ${name}`)
  return {uid: Number(uid), gid: Number(gid)}
}

export function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
