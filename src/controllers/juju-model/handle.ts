import type {JujuModel} from '../../api/juju-model.ts'
import type {ClaimCheck, ModelHandle} from './directory.ts'
import type {ModelLink} from './link.ts'

/** The handle of a JujuModel whose link has a session; undefined without one. */
export function handleOf(model: JujuModel, link: ModelLink, self: string): ModelHandle | undefined {
  const {open} = link
  if (open === undefined) return undefined
  const {session, snapshots, owner: ownerNow, operations} = open
  const {metadata, spec, status} = model
  const {state} = session
  const access = (state.kind === 'connected' ? state.modelAccess : status?.access) ?? 'read'
  const checkClaim = async (signal?: AbortSignal): Promise<ClaimCheck> => {
    // Who may only read claims nothing, and has no effects to check.
    if (access === 'read') return {ok: false, owner: ''}
    const owner = await ownerNow.get(signal)
    return owner === self ? {ok: true} : {ok: false, owner}
  }
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    modelUUID: session.modelUUID,
    modelName: modelNameOf(model, link),
    modelType: snapshots.latest?.status.model.type ?? status?.modelType ?? 'Machines',
    access,
    limits: spec.limits,
    session,
    snapshots,
    checkClaim,
    allOperations: signal => operations.get(signal),
  }
}

/** The full name where anybody said it; a JujuModel by UUID may have to do with the UUID for a moment. */
function modelNameOf({spec}: JujuModel, link: ModelLink): string {
  const {name, uuid} = spec.model
  if (name?.includes('/') === true) return name
  return link.fullName ?? name ?? link.open?.snapshots.latest?.status.model.name ?? uuid ?? ''
}
