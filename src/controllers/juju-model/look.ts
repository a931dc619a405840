import type {JujuModelSpec} from '../../api/juju-model.ts'
import {classify} from '../../juju/faults.ts'
import {fullName, type WantedModel} from '../../juju/find-model.ts'
import type {JujuTarget} from '../../juju/target.ts'
import type {JujuGateway} from './gateway.ts'
import type {Fault} from './observed.ts'

/** What came of asking the controller for a model. */
export type Look =
  | {readonly ok: true; readonly uuid: string; readonly fullName: string; readonly access: string}
  | {readonly ok: false; readonly fault: Fault}

/** Asks the controller for the model of a spec. Whatever goes wrong is a value. */
export async function lookUp(
  gateway: JujuGateway,
  target: JujuTarget,
  model: JujuModelSpec['model'],
  signal: AbortSignal,
): Promise<Look> {
  try {
    const {match} = await gateway.find(target, wantedOf(model), signal)
    if (match.kind !== 'one') return {ok: false, fault: {reason: 'ModelNotFound', message: match.message}}
    const {uuid, access = ''} = match.model
    return {ok: true, uuid, fullName: fullName(match.model), access}
  } catch (error) {
    return {ok: false, fault: classify(error)}
  }
}

/** The schema says that exactly one is there. */
function wantedOf({name, uuid}: JujuModelSpec['model']): WantedModel {
  return uuid === undefined ? {name: name ?? ''} : {uuid}
}
