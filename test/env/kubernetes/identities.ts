import {randomBytes} from 'node:crypto'

/** Somebody whom the API server knows by a bearer token. */
export interface KubeIdentity {
  /** Key in kubeconfigFor, and the name of the kubeconfig's user. */
  readonly name: string
  readonly user: string
  readonly groups: readonly string[]
  readonly token: string
}

/** Who an identity is, without its token. */
export type KubeSubject = Pick<KubeIdentity, 'user' | 'groups'>

/** The user and groups that a pod with this ServiceAccount has. */
export function serviceAccount(namespace: string, name: string): KubeSubject {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  }
}

/** Who every control plane knows: a cluster admin, the operator as the chart installs it, and three tenants without rights. */
export const standardSubjects: Readonly<Record<string, KubeSubject>> = {
  admin: {user: 'admin', groups: ['system:masters', 'system:authenticated']},
  operator: serviceAccount('charmkeeper', 'charmkeeper'),
  tenant: {user: 'tenant', groups: ['tenants', 'system:authenticated']},
  'tenant-a': {user: 'tenant-a', groups: ['tenants', 'system:authenticated']},
  'tenant-b': {user: 'tenant-b', groups: ['tenants', 'system:authenticated']},
}

export function makeIdentities(extra: Readonly<Record<string, KubeSubject>>): ReadonlyMap<string, KubeIdentity> {
  const subjects = Object.entries({...standardSubjects, ...extra})
  return new Map(subjects.map(([name, subject]) => [name, {name, token: randomBytes(24).toString('hex'), ...subject}]))
}

/** The API server's --token-auth-file. */
export function tokenFile(identities: Iterable<KubeIdentity>): string {
  return [...identities].map(({token, user, groups}) => `${token},${user},${user},"${groups.join(',')}"\n`).join('')
}

/** JSON is YAML, so kubectl and client-node read it as any kubeconfig. */
export function kubeconfig(url: string, caCertificate: string, {name, token}: KubeIdentity, namespace: string): string {
  const cluster = {server: url, 'certificate-authority-data': Buffer.from(caCertificate).toString('base64')}
  return JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{name: 'charmkeeper-test', cluster}],
      users: [{name, user: {token}}],
      contexts: [{name: 'charmkeeper-test', context: {cluster: 'charmkeeper-test', user: name, namespace}}],
      'current-context': 'charmkeeper-test',
    },
    undefined,
    2,
  )
}
