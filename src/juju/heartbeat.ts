import type {Clock} from '../time/clock.ts'
import {JujuError} from './errors.ts'
import {ping} from './facades/pinger.ts'
import type {Rpc} from './rpc.ts'

/** JAAS drops a connection that is silent for 90 s. */
const everyMs = 30_000
const timeoutMs = 20_000

/**
 * Asks for a sign of life every 30 s and gives the connection up when none comes within 20 s: a half-open connection
 * reports nothing by itself.
 *
 * @returns stops it; the end of the connection stops it as well
 */
export function startHeartbeat(rpc: Rpc, clock: Clock): () => void {
  const stopped = new AbortController()
  const request = {facade: ping.facade, version: Math.max(...ping.versions), method: ping.method, params: {}}
  const beat = (): void => {
    rpc.request(request, {timeoutMs, signal: stopped.signal}).then(schedule, (error: unknown) => {
      // A refusal is a sign of life too.
      if (error instanceof JujuError) schedule()
      else if (!stopped.signal.aborted) rpc.terminate('the controller stopped answering')
    })
  }
  const schedule = (): void => {
    if (!stopped.signal.aborted && !rpc.isClosed) timer = clock.setTimer(everyMs, beat)
  }
  let timer = clock.setTimer(everyMs, beat)
  const stop = (): void => {
    timer.cancel()
    stopped.abort()
  }
  void rpc.closed.then(stop)
  return stop
}
