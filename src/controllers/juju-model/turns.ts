import {objectKey} from '../../kube/resources.ts'
import type {ModelDirectory, ObjectKey} from './directory.ts'

/** A model tells of every reading; `turned` is told of those with which it becomes ready, or stops being so. */
export function onTurns(models: Pick<ModelDirectory, 'lookup' | 'onChange'>, turned: (key: ObjectKey) => void): void {
  const ready = new Set<string>()
  models.onChange(key => {
    const id = objectKey(key)
    const isReady = models.lookup(key.namespace, key.name)
    const now = isReady.found && isReady.ready
    if (now === ready.has(id)) return
    if (now) ready.add(id)
    else ready.delete(id)
    turned(key)
  })
}
