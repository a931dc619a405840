import type {CallOptions, Caller} from './connection.ts'
import {addUnits as addUnitsCall, scaleApplications} from './facades/application-scale.ts'
import {nameOf} from './facades/call.ts'
import {UnexpectedReply} from './errors.ts'
import {onlyItem} from './item-errors.ts'
import {applicationTag} from './tags.ts'

/**
 * Adds units to an application on machines, each time it is called: look at the units before calling it again.
 *
 * @returns names of the new units
 * @throws JujuError `not supported` on Kubernetes, `not found` (application), `operation is blocked`, `unauthorized access`
 *   without write access: none was added; with another code the first ones of several may have been
 */
export async function addUnits(
  caller: Caller,
  {application, count}: {application: string; count: number},
  options?: CallOptions,
): Promise<readonly string[]> {
  const reply = await caller.call(addUnitsCall, {application, 'num-units': count, placement: []}, options)
  return reply.units
}

/**
 * Sets how many units an application on Kubernetes has. The same again changes nothing. Kubernetes removes the highest first.
 *
 * @returns the number that Juju will have
 * @throws JujuError `not supported` on machines, `not valid` (below 0), for an unknown application (`isNotFound`),
 *   `operation is blocked`, `unauthorized access` without write access
 */
export async function scaleApplication(
  caller: Caller,
  {application, scale}: {application: string; scale: number},
  options?: CallOptions,
): Promise<number> {
  const applications = [{'application-tag': applicationTag(application), scale, force: false}]
  const reply = await caller.call(scaleApplications, {applications}, options)
  const {info} = onlyItem(scaleApplications, reply.results)
  if (info === undefined) throw new UnexpectedReply(nameOf(scaleApplications), 'neither a number of units nor an error')
  return info['num-units']
}
