import type {Caller} from '../../../src/juju/connection.ts'
import {readReply} from '../../../src/juju/login.ts'
import {JujuError} from '../../../src/juju/errors.ts'
import type {Call, ParamsOf, ResultOf} from '../../../src/juju/facades/call.ts'
import {nameOf} from '../../../src/juju/facades/call.ts'
import {frame} from './support.ts'

/** What was sent, as it went through the description of its call. */
export interface SentCall {
  readonly name: string
  readonly params: unknown
}

/** Answers each call with the next of `replies`, or the last one; remembers what was sent. */
export class ScriptedCaller implements Caller {
  readonly sent: SentCall[] = []
  readonly #replies: unknown[]

  constructor(...replies: readonly unknown[]) {
    this.#replies = [...replies]
  }

  call<C extends Call>(call: C, params: ParamsOf<C>): Promise<ResultOf<C>> {
    this.sent.push({name: nameOf(call), params: call.params.parse(params)})
    const reply = this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0]
    if (reply instanceof Error) return Promise.reject(reply)
    return new Promise(resolve => resolve(readReply(call, reply)))
  }
}

/** Answers with recordings of the real server, by name. */
export function replay(...names: readonly string[]): ScriptedCaller {
  const replies = names.map(name => {
    const {response} = frame(name)
    if (!response?.error) return response?.response
    return new JujuError('recorded', response.error, response['error-code'] ?? '')
  })
  return new ScriptedCaller(...replies)
}
