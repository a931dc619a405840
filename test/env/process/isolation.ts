import {accessSync, constants, readFileSync} from 'node:fs'
import {userInfo} from 'node:os'
import {delimiter, join} from 'node:path'

/** A user of this machine, as spawn's options take it. */
export interface Identity {
  readonly uid: number
  readonly gid: number
}

/**
 * Makes a command die with the process that starts it, even when that is killed: the kernel sends the signal
 * (util-linux' setpriv). Elsewhere than on Linux the caller's own exit hook has to do.
 *
 * @param path the PATH that a name without slashes is looked up in
 * @throws Error with code ENOENT when there is no such program
 */
export function isolate(
  file: string,
  args: readonly string[],
  signal: 'KILL' | 'TERM' | 'QUIT',
  path = '',
): {readonly file: string; readonly args: string[]} {
  const program = file.includes('/') ? [file].find(executable) : findProgram(file, path)
  if (program === undefined) throw Object.assign(new Error(`there is no program ${file}`), {code: 'ENOENT'})
  const setpriv = '/usr/bin/setpriv'
  if (!executable(setpriv)) return {file: program, args: [...args]}
  return {file: setpriv, args: ['--pdeathsig', signal, '--', program, ...args]}
}

/** Where a program lies in a PATH. */
export function findProgram(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(executable)
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
