import {JujuFault, notFound} from '../juju-fault.ts'
import type {Application, Unit} from '../world/application.ts'
import type {Model} from '../world/model.ts'

/** @throws JujuFault in the words of most calls: `application "x" not found` */
export function applicationOf(model: Model, name: string): Application {
  const found = model.applications.get(name)
  if (found === undefined) throw notFound(`application "${name}" not found`)
  return found
}

/** @throws JujuFault in the words of `Get` and what is built on it: without quotes */
export function applicationToRead(model: Model, name: string): Application {
  const found = model.applications.get(name)
  if (found === undefined) throw notFound(`application ${name} not found`)
  return found
}

/** The application that a unit's name belongs to. */
export function applicationNameOf(unit: string): string {
  return unit.replace(/\/\d+$/, '')
}

/** @throws JujuFault `unit "x/0" not found` */
export function unitOf(model: Model, name: string): Unit {
  const found = model.unit(name)
  if (found === undefined) throw notFound(`unit "${name}" not found`)
  return found
}

/** One item of a bulk call: what `work` gives, or its fault beside it. */
export function item(work: () => object): object {
  try {
    return work()
  } catch (error) {
    if (error instanceof JujuFault) return {error: error.item}
    throw error
  }
}
