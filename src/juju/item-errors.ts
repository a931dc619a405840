import {JujuError, UnexpectedReply} from './errors.ts'
import {nameOf, type Call} from './facades/call.ts'
import type {ItemError} from './facades/common.ts'

/** The error of one item of a bulk call. Juju sends empty ones on success, so it counts only with a message or a code. */
export function itemErrorOf(
  call: Pick<Call, 'facade' | 'method'>,
  error: ItemError | undefined,
): JujuError | undefined {
  if (error === undefined || (error.message === '' && error.code === '')) return undefined
  return new JujuError(nameOf(call), error.message, error.code, error.info)
}

const notFoundCodes: ReadonlySet<string> = new Set(['not found', 'secret not found'])

/** Whether Juju says that it does not know what was named. 4.x leaves the code empty for some things, operations among them. */
export function isNotFound(error: JujuError): boolean {
  return notFoundCodes.has(error.code) || (error.code === '' && error.message.endsWith(' not found'))
}

/** The one item of a call that asked about one thing. @throws JujuError of the item, UnexpectedReply without an item */
export function onlyItem<T extends {readonly error?: ItemError | undefined}>(
  call: Pick<Call, 'facade' | 'method'>,
  items: readonly T[],
): T {
  const [item] = items
  if (item === undefined) throw new UnexpectedReply(nameOf(call), 'no result')
  const error = itemErrorOf(call, item.error)
  if (error !== undefined) throw error
  return item
}
