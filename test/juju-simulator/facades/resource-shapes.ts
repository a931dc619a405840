import {goTime} from '../go.ts'
import type {Resource} from '../world/resources.ts'

/** Juju's CharmResource: a resource as Charmhub has it. */
export function storeResource({name, type, path, description, origin, revision, fingerprint, size}: Resource): object {
  return {name, type, path, description, origin, revision, fingerprint, size}
}

/** Juju's Resource: what an application or a unit uses. */
export function usedResource(resource: Resource, application: string): object {
  const {id, added} = resource
  return {...storeResource(resource), id, 'pending-id': '', application, username: '', timestamp: goTime(added)}
}
