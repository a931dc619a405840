import type {ModelSession} from '../../juju/model-session.ts'

/** Key of the annotation on the Juju model that names its owner (api.md rule 13). Juju refuses periods in keys. */
const ownerAnnotation = 'charmkeeper-owner'

/** @returns '' when nobody owns the model. @throws JujuError, ConnectionLost */
export async function readOwner(session: ModelSession, signal?: AbortSignal): Promise<string> {
  const annotations = await session.annotations('model', {signal})
  return annotations[ownerAnnotation] ?? ''
}

/**
 * Makes `owner` the owner, whoever it was before. Juju has no compare-and-set, so the caller waits and reads again.
 *
 * @throws JujuError `unauthorized access` without write access, ConnectionLost (it may have happened)
 */
export async function writeOwner(session: ModelSession, owner: string, signal?: AbortSignal): Promise<void> {
  await session.setAnnotations('model', {[ownerAnnotation]: owner}, {signal})
}
