import {addCharm as sendCharm, charmInfo, type AddCharmRequest} from '../charms.ts'
import type {CharmOrigin, CharmSource} from '../charm-origin.ts'
import type {CallOptions, Caller} from '../connection.ts'
import {JujuError} from '../errors.ts'
import {isNotFound} from '../item-errors.ts'
import {addPendingResources as sendPending, type WantedResource} from '../resources.ts'
import {defineWrite, didNotHappen, unknown} from './write.ts'

/** Puts a charm into the model; one that is there is left alone. Sent again it tells the origin, which nothing else does. */
export const addCharm = defineWrite({
  name: 'add charm',
  repeat: 'Harmless',
  application: () => undefined,
  before: () => Promise.resolve({}),
  send: (caller, target: AddCharmRequest, options): Promise<CharmOrigin> => sendCharm(caller, target, options),
  read: async (caller, {target}, _status, options) => isInModel(caller, target.url, options),
  proves: ({target}, isThere) => (isThere ? unknown(`${target.url} is in the model, whoever added it`) : didNotHappen),
})

export interface PendingResourcesTarget extends CharmSource {
  readonly application: string
  readonly resources: readonly WantedResource[]
}

/** Announces resources for the next SetCharm. Ids that nobody learnt are of no use to anybody: it is simply sent again. */
export const addPendingResources = defineWrite({
  name: 'add pending resources',
  repeat: 'Harmless',
  application: ({application}: PendingResourcesTarget) => application,
  before: () => Promise.resolve({}),
  send: (caller, target, options): Promise<readonly string[]> => sendPending(caller, target, options),
  read: () => Promise.resolve({}),
  proves: () => unknown('Juju does not list announced resources'),
})

async function isInModel(caller: Caller, url: string, options: CallOptions | undefined): Promise<boolean> {
  try {
    await charmInfo(caller, url, options)
    return true
  } catch (error) {
    if (error instanceof JujuError && isNotFound(error)) return false
    throw error
  }
}
