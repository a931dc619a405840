import type {KubeObject, ObjectMeta, ResourceType} from '../api/meta.ts'

const core = (plural: string, kind: string, namespaced = true): ResourceType =>
  Object.freeze({group: '', version: 'v1', plural, kind, namespaced})

export const secrets = core('secrets', 'Secret')
export const configMaps = core('configmaps', 'ConfigMap')
export const namespaces = core('namespaces', 'Namespace', false)
export const pods = core('pods', 'Pod')

export const leases: ResourceType = Object.freeze({
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
})

export const events: ResourceType = Object.freeze({
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
})

/** What `data` holds is base64. */
export interface Secret extends KubeObject {
  readonly type?: string
  readonly data?: Readonly<Record<string, string>>
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
  readonly binaryData?: Readonly<Record<string, string>>
}

/** `group/version`, or only the version for the core group, as in an object's `apiVersion`. */
export function apiVersionOf(resource: ResourceType): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}

/** One word per resource for maps, logs and metrics: `backupjobs.charmkeeper.dev`. */
export function resourceName(resource: ResourceType): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`
}

export interface PathParts {
  /** Absent: the collection over all namespaces, or a cluster-scoped resource. */
  readonly namespace?: string | undefined
  readonly name?: string
  readonly subresource?: string | undefined
}

/** The URL path of a collection, an object or its subresource. */
export function resourcePath(resource: ResourceType, {namespace, name, subresource}: PathParts): string {
  const segments = resource.group === '' ? ['api', resource.version] : ['apis', resource.group, resource.version]
  if (namespace !== undefined && resource.namespaced) segments.push('namespaces', namespace)
  segments.push(resource.plural)
  if (name !== undefined) segments.push(name)
  if (subresource !== undefined) segments.push(subresource)
  return `/${segments.map(encodeURIComponent).join('/')}`
}

/** The key of an object in stores and queues: `namespace/name`, or `name` where there is no namespace. */
export function keyOf(object: {readonly metadata: Pick<ObjectMeta, 'name' | 'namespace'>}): string {
  return objectKey(object.metadata)
}

/** See `keyOf`. */
export function objectKey({namespace, name}: {readonly namespace?: string | undefined; readonly name: string}): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}

/** The parts of a key made by `keyOf`. */
export function splitKey(key: string): {namespace?: string; name: string} {
  const slash = key.indexOf('/')
  return slash < 0 ? {name: key} : {namespace: key.slice(0, slash), name: key.slice(slash + 1)}
}
