import type {SourceRef} from './source-ref.ts'

/** The name that the command gives to the RoleBinding; one per namespace is enough (api.md rule 15). */
const roleBindingName = 'charmkeeper-secrets'

/**
 * What to run so that the operator may read the object. Who the operator is comes from the refusal itself: the API server
 * names the user that it refused.
 */
export function adviceFor({kind, namespace, name}: SourceRef, clusterRole: string, refusal: unknown): string {
  const subject = subjectOf(refusal instanceof Error ? refusal.message : '')
  return (
    `the operator may not read ${kind} ${name}; allow it with: ` +
    `kubectl create rolebinding ${roleBindingName} --namespace=${namespace} --clusterrole=${clusterRole} ${subject}`
  )
}

function subjectOf(refusal: string): string {
  const user = /User "([^"]+)"/.exec(refusal)?.[1] ?? ''
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user)
  if (account !== null) return `--serviceaccount=${account[1]}:${account[2]}`
  return user === '' ? '--serviceaccount=<namespace>:<service account of the operator>' : `--user=${user}`
}
