import type {JujuModel, JujuModelSpec, JujuModelStatus} from '../../../../src/api/juju-model.ts'
import type {LinkView, Observed, SessionState} from '../../../../src/controllers/juju-model/observed.ts'

export const self = 'cluster-a/charmkeeper/charmkeeper'
export const other = 'cluster-b/charmkeeper/charmkeeper'
export const uuid = 'deadbeef-0bad-400d-8000-4b1d0d06f00d'
export const otherUUID = 'deadbeef-0bad-400d-8000-4b1d0d06f00e'

export interface ModelChanges {
  readonly name?: string
  readonly deleting?: boolean
  readonly generation?: number
  readonly created?: string
  readonly spec?: Partial<JujuModelSpec>
  readonly status?: Partial<JujuModelStatus>
}

/** A JujuModel for admin/prod, pinned to `uuid`. */
export function jujuModel({name = 'prod', deleting = false, generation = 1, ...rest}: ModelChanges = {}): JujuModel {
  return {
    apiVersion: 'charmkeeper.dev/v1alpha1',
    kind: 'JujuModel',
    metadata: {
      namespace: 'team-a',
      name,
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation,
      creationTimestamp: rest.created ?? '2026-11-22T12:00:00Z',
      ...(deleting && {deletionTimestamp: '2026-11-22T13:00:00Z'}),
    },
    spec: {
      controller: {endpoints: ['10.0.0.10:17070'], credentialsRef: {name: 'juju-operator'}},
      model: {name: 'admin/prod'},
      limits: {maxConcurrentJobs: 4},
      suspend: false,
      ...rest.spec,
    },
    status: {observedGeneration: generation, modelUUID: uuid, ...rest.status},
  }
}

/** Ready as it was written at some generation. */
export function ready(reason: string, observedGeneration = 1): Pick<JujuModelStatus, 'conditions'> {
  const status = reason === 'Connected' ? 'True' : 'False'
  const lastTransitionTime = '2026-11-22T12:00:00Z'
  return {conditions: [{type: 'Ready', status, reason, message: '', lastTransitionTime, observedGeneration}]}
}

export function connectedAs(access: 'read' | 'write' | 'admin', ageMs = 1_000): SessionState & {kind: 'connected'} {
  return {
    kind: 'connected',
    access,
    serverVersion: '3.6.14',
    controllerUUID: 'c0ffee',
    readingFault: undefined,
    clockAheadMs: undefined,
    ageMs,
  }
}

/** A link with a write session to `uuid` that is ours. */
export function link(changes: Partial<LinkView> = {}): LinkView {
  return {
    busy: undefined,
    resolution: {kind: 'found', uuid, access: 'write', ageMs: 2_000},
    session: connectedAs('write'),
    sessionUUID: uuid,
    claim: {kind: 'read', owner: self, ageMs: 1_000},
    claimedGeneration: undefined,
    ...changes,
  }
}

export const noLink: LinkView = {
  busy: undefined,
  resolution: {kind: 'none'},
  session: {kind: 'none'},
  sessionUUID: undefined,
  claim: {kind: 'unknown'},
  claimedGeneration: undefined,
}

export function observed(changes: Partial<Observed> = {}): Observed {
  return {model: jujuModel(), self, held: false, target: {ok: true}, link: link(), ...changes}
}
