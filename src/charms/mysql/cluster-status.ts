/**
 * The primary out of the result of `get-cluster-status`, which is what MySQL Shell says in lower case, as an object or
 * as its text. A member's label is the name of its unit with a dash for the slash.
 *
 * @returns the unit's name; undefined: the cluster has none, or the answer cannot be read
 */
export function parsePrimary(output: Readonly<Record<string, unknown>>): string | undefined {
  const members = at(at(jsonOf(output['status']), 'defaultreplicaset'), 'topology')
  if (typeof members !== 'object' || members === null) return undefined
  const primaries = Object.entries(members).filter(([, member]) => at(member, 'memberrole') === 'primary')
  const [label] = primaries.map(([name]) => name)
  return primaries.length === 1 ? unitOf(label ?? '') : undefined
}

function unitOf(label: string): string | undefined {
  const [, application, number] = /^([a-z][a-z0-9-]*)-(\d+)$/.exec(label) ?? []
  return application === undefined ? undefined : `${application}/${number}`
}

function jsonOf(status: unknown): unknown {
  if (typeof status !== 'string') return status
  try {
    return JSON.parse(status)
  } catch {
    return undefined
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}
