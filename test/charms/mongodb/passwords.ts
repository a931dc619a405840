import {createHash} from 'node:crypto'
import {completed, failed} from '../machine.ts'
import type {CharmTask, TaskOutcome} from '../machine.ts'
import {generatedPassword} from '../passwords.ts'
import {unitView} from '../statuses.ts'
import {isShard} from './state.ts'
import type {MongodbState} from './state.ts'

const users = ['operator', 'backup', 'monitor'] as const
const passwordLength = 32
const longestPassword = 4096

/** The passwords with which a replica set begins. */
export function firstPasswords(application: string): Map<string, string> {
  return new Map(users.map(user => [user, generatedPassword(`${application} ${user}`, passwordLength)]))
}

/** The action `get-password` of track 6, on any unit. */
export function getPassword({passwords}: MongodbState, task: CharmTask): TaskOutcome {
  const username = usernameOf(task)
  const password = passwords.get(username)
  return password === undefined ? failed(notOurs(username)) : completed({password})
}

/** The action `set-password` of track 6. */
export async function setPassword(state: MongodbState, task: CharmTask): Promise<TaskOutcome> {
  const refusal = await notNow(state, task.unit)
  if (refusal !== undefined) return failed(refusal)
  const {host, passwords} = state
  const username = usernameOf(task)
  const before = passwords.get(username)
  if (before === undefined) return failed(notOurs(username))
  const given = task.parameters['password']
  const password = typeof given === 'string' ? given : generatedPassword(before, passwordLength)
  if (password.length > longestPassword) return failed(`Password cannot be longer than ${longestPassword} characters.`)
  passwords.set(username, password)
  const secret = createHash('md5').update(`${host.model.uuid} ${host.application}`).digest('hex').slice(0, 20)
  return completed({password, 'secret-id': `secret:${secret}`})
}

async function notNow(state: MongodbState, unit: string): Promise<string | undefined> {
  const {host, dialect, conditions} = state
  if (await isShard(state)) return 'Cannot set password on shard, please set password on config-server.'
  const {kind} = await dialect.pbmState(state, unit)
  if (kind === 'backup' || kind === 'restore') return 'Cannot change password while a backup/restore is in progress.'
  if (!(await unitView(host, unit)).leader) return 'The action can be run only on leader unit.'
  return conditions.upgrading ? 'Cannot set passwords while an upgrade is in progress.' : undefined
}

function usernameOf({parameters: {username}}: CharmTask): string {
  return username === undefined ? 'operator' : String(username as string)
}

function notOurs(username: string): string {
  return `The action can be run only for users used by the charm: ${users.join(', ')} not ${username}`
}
