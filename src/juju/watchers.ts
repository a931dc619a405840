import type {CallOptions, Caller} from './connection.ts'
import {JujuError} from './errors.ts'
import {next, stop} from './facades/strings-watcher.ts'

/** A StringsWatcher that a call has started. */
export interface StartedWatcher {
  readonly 'watcher-id': string
  /** what there was at the start */
  readonly changes: readonly string[]
}

/**
 * What a StringsWatcher sees: first what there was at its start. It ends when Juju ends the watch; otherwise it goes on until the
 * caller stops iterating, the signal aborts, or the connection is lost. In each case the watcher is stopped in Juju too, which
 * would else keep it as long as the connection.
 *
 * @param caller the connection that it was started on: ids of watchers begin anew with each connection
 * @throws JujuError, ConnectionLost, CallAborted
 */
export async function* watchStrings(
  caller: Caller,
  watcher: StartedWatcher,
  signal?: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const id = watcher['watcher-id']
  try {
    if (watcher.changes.length > 0) yield watcher.changes
    for (;;) {
      const {changes} = await caller.call(next, {}, {id, signal, timeoutMs: Infinity})
      if (changes.length > 0) yield changes
    }
  } catch (error) {
    if (!(error instanceof JujuError && error.code === 'stopped')) throw error
  } finally {
    await stopQuietly(caller, {id})
  }
}

/** A watcher that cannot be stopped ends with its connection. */
async function stopQuietly(caller: Caller, options: CallOptions): Promise<void> {
  await caller.call(stop, {}, options).catch(() => undefined)
}
