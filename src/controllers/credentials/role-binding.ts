import type {SourceRef} from './source-ref.ts'

/** The name that the commands give to what they make; one per namespace is enough (api.md rule 15). */
const roleName = 'charmkeeper-secrets'

/**
 * What to run so that the operator may read the object. Who the operator is comes from the refusal itself: the API server
 * names the user that it refused.
 *
 * @param clusterRole that a namespace binds; undefined: the installation has none, as it works on single namespaces
 */
export function adviceFor(
  {kind, namespace, name}: SourceRef,
  clusterRole: string | undefined,
  refusal: unknown,
): string {
  const subject = subjectOf(refusal instanceof Error ? refusal.message : '')
  const inNamespace = `--namespace=${namespace}`
  const role =
    clusterRole === undefined
      ? `kubectl create role ${roleName} ${inNamespace} --verb=get --resource=secrets,configmaps && `
      : ''
  const bound = clusterRole === undefined ? `--role=${roleName}` : `--clusterrole=${clusterRole}`
  return (
    `the operator may not read ${kind} ${name}; allow it with: ` +
    `${role}kubectl create rolebinding ${roleName} ${inNamespace} ${bound} ${subject}`
  )
}

function subjectOf(refusal: string): string {
  const user = /User "([^"]+)"/.exec(refusal)?.[1] ?? ''
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user)
  if (account !== null) return `--serviceaccount=${account[1]}:${account[2]}`
  return user === '' ? '--serviceaccount=<namespace>:<service account of the operator>' : `--user=${user}`
}
