import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {generatedPassword} from '../passwords.ts'
import {unitView} from '../statuses.ts'
import type {MysqlState} from './state.ts'

const users = ['root', 'serverconfig', 'clusteradmin', 'monitoring', 'backups'] as const
const passwordLength = 24

/** The passwords with which a cluster begins. */
export function firstPasswords(application: string): Map<string, string> {
  return new Map(users.map(user => [user, generatedPassword(`${application} ${user}`, passwordLength)]))
}

/** The action `get-password`, on any unit. */
export function getPassword({passwords}: MysqlState, task: CharmTask): TaskOutcome {
  const username = usernameOf(task)
  const password = passwords.get(username)
  return password === undefined ? failed(notOurs(username)) : completed({username, password})
}

/** The action `set-password`; it answers with nothing. */
export async function setPassword({host, conditions, passwords}: MysqlState, task: CharmTask): Promise<TaskOutcome> {
  const username = usernameOf(task)
  if (!(await unitView(host, task.unit)).leader)
    return failed('set-password action can only be run on the leader unit.')
  if (conditions.standbyCluster) return failed('Only offer side can change password when replications is enabled')
  const before = passwords.get(username)
  if (before === undefined) return failed(notOurs(username))
  const given = task.parameters['password']
  const chosen = typeof given === 'string' && given !== '' ? given : generatedPassword(before, passwordLength)
  passwords.set(username, chosen)
  return completed({})
}

function usernameOf({parameters: {username}}: CharmTask): string {
  return typeof username === 'string' && username !== '' ? username : 'root'
}

function notOurs(username: string): string {
  return `The action can be run only for users used by the charm: ${users.join(', ')} not ${username}`
}
