import {expiryOption} from '../../charms/expiry.ts'
import type {RetentionIntent} from '../../api/backup-schedule.ts'
import {look} from '../../juju/writes/look.ts'
import {send, type Sent} from '../../juju/writes/send.ts'
import {setConfig, type SetConfigTarget} from '../../juju/writes/settings.ts'
import type {Verdict, WriteIntent} from '../../juju/writes/write.ts'
import type {Clock} from '../../time/clock.ts'
import type {ModelHandle} from '../juju-model/directory.ts'

/** How an integrator is set. */
export type ExpirySetting =
  /** `text`: as a person or an operator set it; both undefined: at its default, so that nothing expires */
  | {readonly kind: 'known'; readonly text: string | undefined; readonly days: number | undefined}
  /** this integrator has no such option */
  | {readonly kind: 'missing'}

interface Circumstances {
  readonly callTimeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

type Before = Readonly<Record<string, string | undefined>>

/** @throws JujuError, ConnectionLost: nothing is known, so do nothing */
export async function readExpiry(
  {session}: ModelHandle,
  integrator: string,
  signal: AbortSignal,
): Promise<ExpirySetting> {
  const {settings} = await session.applicationGet(integrator, {signal})
  const setting = settings.get(expiryOption)
  if (setting === undefined) return {kind: 'missing'}
  const days = typeof setting.value === 'number' && setting.value > 0 ? setting.value : undefined
  return {kind: 'known', text: setting.source === 'user' ? String(setting.value) : undefined, days}
}

/**
 * Sets the option, once for the intent that is written down.
 *
 * @throws what is neither Juju's refusal nor a lost reply; then nothing was sent
 */
export function sendExpiry(
  {session}: ModelHandle,
  intent: RetentionIntent,
  {clock, signal, callTimeoutMs}: Circumstances,
): Promise<Sent<void>> {
  return send(session, setConfig, writeIntentOf(intent, callTimeoutMs), {clock, signal})
}

/** What came of a write whose reply was never seen. @throws as reading calls do */
export function lookForExpiry(
  {session}: ModelHandle,
  intent: RetentionIntent,
  {clock, signal, callTimeoutMs}: Circumstances,
): Promise<Verdict<void>> {
  return look(session, setConfig, writeIntentOf(intent, callTimeoutMs), {clock, signal})
}

function writeIntentOf(
  {application, days, before, time, controllerTime}: RetentionIntent,
  callTimeoutMs: number,
): WriteIntent<SetConfigTarget, Before> {
  return {
    target: {application, values: {[expiryOption]: String(days)}},
    before: {[expiryOption]: before},
    time: Date.parse(time),
    controllerTime: controllerTime ?? time,
    callTimeoutMs,
  }
}
