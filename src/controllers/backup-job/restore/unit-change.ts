import type {UnitChange} from '../../../api/backup-job.ts'
import {destroyUnits} from '../../../juju/writes/destroy-units.ts'
import {look} from '../../../juju/writes/look.ts'
import {send, type Sent} from '../../../juju/writes/send.ts'
import {addUnits, scaleApplication} from '../../../juju/writes/units.ts'
import type {Verdict, WriteIntent} from '../../../juju/writes/write.ts'
import type {Clock} from '../../../time/clock.ts'
import type {ModelHandle} from '../../juju-model/directory.ts'

interface Circumstances {
  readonly application: string
  readonly callTimeoutMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Asks Juju for the change of units that was written down. Storage of removed units is never destroyed: Juju keeps it, detached.
 *
 * @throws what is neither Juju's refusal nor a lost reply; then nothing was sent
 */
export function sendUnitChange(
  {session}: ModelHandle,
  change: UnitChange,
  {clock, signal, ...rest}: Circumstances,
): Promise<Sent<unknown>> {
  const options = {clock, signal}
  switch (change.kind) {
    case 'RemoveUnits':
      return send(session, destroyUnits, removal(change, rest), options)
    case 'AddUnits':
      return send(session, addUnits, addition(change, rest), options)
    case 'SetScale':
      return send(session, scaleApplication, scaling(change, rest), options)
  }
}

/** What came of a change whose reply was never seen. @throws as reading calls do */
export function lookForUnitChange(
  {session}: ModelHandle,
  change: UnitChange,
  {clock, signal, ...rest}: Circumstances,
): Promise<Verdict<unknown>> {
  const options = {clock, signal}
  switch (change.kind) {
    case 'RemoveUnits':
      return look(session, destroyUnits, removal(change, rest), options)
    case 'AddUnits':
      return look(session, addUnits, addition(change, rest), options)
    case 'SetScale':
      return look(session, scaleApplication, scaling(change, rest), options)
  }
}

type Rest = Pick<Circumstances, 'application' | 'callTimeoutMs'>

function intentOf<Target, Before>(
  {time, controllerTime}: UnitChange,
  {callTimeoutMs}: Rest,
  target: Target,
  before: Before,
): WriteIntent<Target, Before> {
  return {target, before, time: Date.parse(time), controllerTime: controllerTime ?? time, callTimeoutMs}
}

const removal = (change: UnitChange, rest: Rest) =>
  intentOf(change, rest, {application: rest.application, units: change.units, destroyStorage: false}, {})

const addition = (change: UnitChange, rest: Rest) =>
  intentOf(
    change,
    rest,
    {application: rest.application, count: change.count},
    Object.fromEntries(change.units.map(unit => [unit, 'alive' as const])),
  )

const scaling = (change: UnitChange, rest: Rest) =>
  intentOf(change, rest, {application: rest.application, scale: change.count}, {scale: change.before})
