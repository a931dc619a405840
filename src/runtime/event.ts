import type {KubeObject} from '../api/meta.ts'
import {apiVersionOf, events} from '../kube/resources.ts'
import {trimMessage} from './conditions.ts'
import {microTime} from './micro-time.ts'

/** What happened to an object, for people who read `kubectl events`. */
export interface EventInput {
  readonly type: 'Normal' | 'Warning'
  /** CamelCase, why. */
  readonly reason: string
  /** CamelCase, what the operator did or found: `Reconciling`, `Verifying`. */
  readonly action: string
  /** For people; cut to 1 KiB. Never a secret. */
  readonly note: string
  /** Another object that it has to do with. */
  readonly related?: KubeObject
}

/** core/v1 ObjectReference. */
export interface ObjectReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
}

/** events.k8s.io/v1 Event, the fields that we write. */
export interface Event extends KubeObject {
  readonly eventTime: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly type: string
  readonly reason: string
  readonly action: string
  readonly note: string
  readonly regarding: ObjectReference
  readonly related?: ObjectReference
  readonly series?: EventSeries
}

export interface EventSeries {
  readonly count: number
  readonly lastObservedTime: string
}

export interface Reporter {
  /** Which program: `charmkeeper.dev/operator`. */
  readonly controller: string
  /** Which process of it, such as the pod's name; at most 128 characters. */
  readonly instance: string
}

/** Objects without a namespace have their events here (Kubernetes convention). */
const clusterScopedNamespace = 'default'
const longestWord = 128
const longestName = 253

/** @param suffix makes the name unique; the API server keeps events by name */
export function newEvent(
  regarding: KubeObject,
  input: EventInput,
  reporter: Reporter,
  suffix: string,
  now: number,
): Event {
  const {name, namespace = clusterScopedNamespace} = regarding.metadata
  const room = longestName - suffix.length - 1
  return {
    apiVersion: apiVersionOf(events),
    kind: events.kind,
    metadata: {namespace, name: `${name.slice(0, room)}.${suffix}`},
    eventTime: microTime(now),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, longestWord),
    type: input.type,
    reason: input.reason.slice(0, longestWord),
    action: input.action.slice(0, longestWord),
    note: trimMessage(input.note),
    regarding: referenceTo(regarding),
    ...(input.related === undefined ? {} : {related: referenceTo(input.related)}),
  }
}

/** Occurrences with the same identity are one series. */
export function seriesKey(regarding: KubeObject, {type, reason, action, note, related}: EventInput): string {
  const {uid, namespace, name} = regarding.metadata
  return JSON.stringify([uid, namespace, name, type, reason, action, note, related?.metadata.uid])
}

function referenceTo({apiVersion, kind, metadata}: KubeObject): ObjectReference {
  const {name, namespace, uid, resourceVersion} = metadata
  return {
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : {namespace}),
    ...(uid === undefined ? {} : {uid}),
    ...(resourceVersion === undefined ? {} : {resourceVersion}),
  }
}
