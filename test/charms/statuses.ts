import type {CharmHost, UnitStatus, UnitView} from './machine.ts'

export const active: UnitStatus = {status: 'active', message: ''}
export const maintenance = (message: string): UnitStatus => ({status: 'maintenance', message})
export const waiting = (message: string): UnitStatus => ({status: 'waiting', message})
export const blocked = (message: string): UnitStatus => ({status: 'blocked', message})

/** A unit as the charm sees it. @throws Error when the unit is gone: nothing can run there */
export async function unitView(host: CharmHost, name: string): Promise<UnitView> {
  const unit = (await host.units()).find(candidate => candidate.name === name)
  if (unit === undefined) throw new Error(`there is no unit ${name}`)
  return unit
}
