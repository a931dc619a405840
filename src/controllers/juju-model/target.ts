import type {JujuModelSpec} from '../../api/juju-model.ts'
import type {JujuCredentials, JujuTarget} from '../../juju/target.ts'
import {caSource, readCertificate} from '../credentials/certificates.ts'
import {describe, digest, missing, type SourceReader, type SourceRef} from '../credentials/source-reader.ts'
import type {Fault} from './observed.ts'

/** A way into Juju, complete. */
export interface LinkTarget {
  readonly juju: JujuTarget
  /** changes with endpoints and CA: the session has to be replaced */
  readonly place: string
  /** changes with the credentials: a working session stays, its next login uses the new ones */
  readonly login: string
}

export type TargetResult = {readonly ok: true; readonly target: LinkTarget} | ({readonly ok: false} & Fault)

/** Reads what the spec refers to. @throws as `SourceReader.read` */
export async function readTarget(
  reader: SourceReader,
  key: {readonly namespace: string; readonly name: string},
  {controller}: JujuModelSpec,
): Promise<TargetResult> {
  const [ref] = sourcesOf(key.namespace, controller)
  const secret = await reader.read(ref)
  if (!secret.ok) return secret
  const credentials = credentialsIn(secret.values)
  if (credentials === undefined)
    return missing(`${describe(ref)} has neither username and password nor client-id and client-secret`)
  const ca = await readCertificate(reader, key.namespace, controller)
  if (!ca.ok) return ca
  const {caCertificate} = ca
  const juju: JujuTarget = {
    endpoints: controller.endpoints,
    ...(caCertificate !== undefined && {caCertificate}),
    credentials,
    userAgent: `charmkeeper ${key.namespace}/${key.name}`,
  }
  const place = digest([...controller.endpoints, caCertificate ?? ''].map((part, index) => [String(index), part]))
  return {ok: true, target: {juju, place, login: digest(Object.entries(credentials))}}
}

/** The objects that hold credentials and CA, the credentials first. */
export function sourcesOf(
  namespace: string,
  controller: JujuModelSpec['controller'],
): readonly [SourceRef, ...SourceRef[]] {
  const ca = caSource(namespace, controller)
  return [{kind: 'Secret', namespace, name: controller.credentialsRef.name}, ...(ca === undefined ? [] : [ca])]
}

/** What `echo` or an editor writes ends in a newline; what is meant does not. */
function credentialsIn(values: ReadonlyMap<string, string>): JujuCredentials | undefined {
  const value = (key: string): string | undefined => values.get(key)?.replace(/\r?\n$/, '') || undefined
  const [username, password] = [value('username'), value('password')]
  if (username !== undefined && password !== undefined) return {kind: 'password', username, password}
  const [clientId, clientSecret] = [value('client-id'), value('client-secret')]
  if (clientId !== undefined && clientSecret !== undefined) return {kind: 'client', clientId, clientSecret}
  return undefined
}
