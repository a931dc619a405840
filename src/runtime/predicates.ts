import type {KubeObject} from '../api/meta.ts'
import {equalJson} from './equality.ts'
import type {InformerEvent} from './informer.ts'

/** Is this change worth a reconcile? Adds and deletes always are; predicates judge updates. */
export type Predicate<T> = (event: InformerEvent<T>) => boolean

/** The rule for updates; everything else passes. */
function updates<T>(rule: (old: T, next: T) => boolean): Predicate<T> {
  return ({old, object}) => old === undefined || rule(old, object)
}

/** The spec changed, or the deletion began (the API server raises the generation for both). */
export function generationChanged<T extends KubeObject>(): Predicate<T> {
  return updates((old, next) => old.metadata.generation !== next.metadata.generation)
}

/** The annotation was set, changed or removed. */
export function annotationChanged<T extends KubeObject>(name: string): Predicate<T> {
  return updates((old, next) => old.metadata.annotations?.[name] !== next.metadata.annotations?.[name])
}

export function labelsChanged<T extends KubeObject>(): Predicate<T> {
  return updates((old, next) => !equalJson(old.metadata.labels, next.metadata.labels))
}

export function finalizersChanged<T extends KubeObject>(): Predicate<T> {
  return updates((old, next) => !equalJson(old.metadata.finalizers, next.metadata.finalizers))
}

/** What `part` picks changed, compared as JSON. */
export function changed<T>(part: (object: T) => unknown): Predicate<T> {
  return updates((old, next) => !equalJson(part(old), part(next)))
}

export function or<T>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return event => predicates.some(predicate => predicate(event))
}

export function and<T>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return event => predicates.every(predicate => predicate(event))
}
