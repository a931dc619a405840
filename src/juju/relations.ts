import {unitsInfo, type UnitRelation} from './applications.ts'
import type {CallOptions, Caller} from './connection.ts'
import {charmRelations as charmRelationsCall} from './facades/application.ts'
import {serverDifferences, valueOn} from './server-differences.ts'
import type {FullStatus} from './status.ts'

/** Names of the endpoints of an application's charm, `juju-info` among them. @throws JujuError `not found` */
export async function charmRelations(
  caller: Caller,
  application: string,
  options?: CallOptions,
): Promise<readonly string[]> {
  const reply = await caller.call(charmRelationsCall, {application}, options)
  return reply['charm-relations']
}

export interface PublishedQuestion {
  /** of the controller, as the login told it */
  readonly serverVersion: string
  /** who is in the relation; a snapshot's will do */
  readonly status: Pick<FullStatus, 'applications' | 'relations'>
  readonly relationID: number
  readonly application: string
}

/** Databags that one side has written. They may hold secrets: never log them. */
export interface Published {
  /** of the application; undefined: no unit is there through which Juju would show it */
  readonly application: Readonly<Record<string, unknown>> | undefined
  /** of its units, by unit name; undefined: as above */
  readonly units: ReadonlyMap<string, Readonly<Record<string, unknown>>> | undefined
}

/**
 * What an application has written into a relation. Juju shows relations through a unit, and whose data it shows differs between
 * its releases; this asks units on the right side.
 *
 * @throws JujuError as `unitsInfo`
 */
export async function publishedData(
  caller: Caller,
  question: PublishedQuestion,
  options?: CallOptions,
): Promise<Published> {
  const {status, relationID, application, serverVersion} = question
  const endpoints = status.relations.find(({id}) => id === relationID)?.endpoints ?? []
  const isPeer = endpoints.every(endpoint => endpoint.application === application)
  const other = isPeer ? application : endpoints.find(endpoint => endpoint.application !== application)?.application
  const unitOf = (name: string | undefined): string | undefined => status.applications.get(name ?? '')?.units[0]?.name
  const [ownUnit, otherUnit] = [unitOf(application), unitOf(other)]
  const asked = [...new Set([ownUnit, otherUnit])].filter(unit => unit !== undefined)
  const infos = asked.length === 0 ? [] : await unitsInfo(caller, asked, options)
  const seenBy = (unit: string | undefined): UnitRelation | undefined =>
    infos.find(info => info.unit === unit)?.relations.find(relation => relation.relationID === relationID)
  const showsOwn = valueOn(serverDifferences.relationApplicationData, serverVersion) === 'own'
  return {
    application: seenBy(showsOwn ? ownUnit : otherUnit)?.applicationData,
    units: seenBy(otherUnit)?.unitData,
  }
}
