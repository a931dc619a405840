import type {KubeObject} from '../api/meta.ts'
import {apiVersionOf, leases} from '../kube/resources.ts'
import {microTime} from './micro-time.ts'

/** coordination.k8s.io/v1 Lease. */
export interface Lease extends KubeObject {
  readonly spec: LeaseSpec
}

export interface LeaseSpec {
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly acquireTime?: string
  readonly renewTime?: string
  readonly leaseTransitions?: number
}

/** What the holder writes, on top of what is there. @param now wall clock, ms */
export function heldBy(identity: string, durationMs: number, present: LeaseSpec | undefined, now: number): LeaseSpec {
  const mine = present?.holderIdentity === identity
  const transitions = present?.leaseTransitions ?? 0
  const time = microTime(now)
  return {
    ...present,
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(durationMs / 1000),
    acquireTime: mine ? (present.acquireTime ?? time) : time,
    renewTime: time,
    leaseTransitions: mine || present === undefined ? transitions : transitions + 1,
  }
}

/** What a holder leaves behind that gives up: anybody may take it at once. */
export function released(present: LeaseSpec, now: number): LeaseSpec {
  return {...present, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now)}
}

export function isFree({holderIdentity}: LeaseSpec): boolean {
  return holderIdentity === undefined || holderIdentity === ''
}

export function newLease(namespace: string, name: string, spec: LeaseSpec): Lease {
  return {apiVersion: apiVersionOf(leases), kind: leases.kind, metadata: {namespace, name}, spec}
}
