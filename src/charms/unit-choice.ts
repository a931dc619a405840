import type {UnitChoice, UnitQuestion, UnitView} from './profile.ts'

/** Which member the charm lets make a backup when there are several. `Either`: TLS is not known, so both are tried. */
export type Role = 'Replica' | 'Primary' | 'Either'
export type RoleRule = (tls: boolean | undefined) => {role: Role; why: string}

/** PostgreSQL 16 refuses the primary as soon as more than one unit is planned (reference/charms.md, 1.1). */
export const replicaOnly: RoleRule = () => ({
  role: 'Replica',
  why: 'with more than one unit the charm makes backups on a replica',
})

/** PostgreSQL 14 refuses the primary with TLS, and replicas without. */
export const byTls: RoleRule = tls => {
  if (tls === undefined) return {role: 'Either', why: 'whether TLS is on is not known'}
  return tls
    ? {role: 'Replica', why: 'with TLS the charm makes backups on a replica'}
    : {role: 'Primary', why: 'without TLS the charm makes backups on the primary'}
}

/** An active workload under an agent that takes actions; everything else would fail or wait without end. */
export function isHealthy(unit: UnitView): boolean {
  return unit.workloadStatus === 'active' && (unit.agentStatus === 'idle' || unit.agentStatus === 'executing')
}

/**
 * Chooses the unit for a backup, or says why there is none.
 *
 * A wrong guess costs little: the charm refuses at once with a known text, and the unit comes back as unsuitable.
 */
export function chooseUnit(rule: RoleRule, question: UnitQuestion): UnitChoice {
  const {units, wanted} = question
  if (units.length === 0) return refuse(true, 'the application has no units')
  if (wanted !== undefined && !units.some(unit => unit.name === wanted)) {
    return refuse(false, `there is no unit ${wanted}; there are ${names(units)}`)
  }
  const {role, why} = rule(question.tls)
  const primary = question.primary ?? primaryByStatus(units)
  const fits = (unit: UnitView): boolean => units.length === 1 || hasRole(unit, role, primary)
  const considered = wanted === undefined ? units : units.filter(unit => unit.name === wanted)
  const rightRole = considered.filter(fits)
  if (rightRole.length === 0) return refuse(wanted === undefined, `${wrongRole(considered, role, primary)}: ${why}`)
  const left = notRefused(rightRole, wanted === undefined ? units : [], question.unsuitable)
  const healthy = left.filter(isHealthy).sort(byPreference(role, primary))
  const [best] = healthy
  if (best) return {ok: true, unit: best.name, why: reason(best, question, rightRole, primary, why)}
  if (left.length > 0) return refuse(true, `no suitable unit is healthy: ${left.map(condition).join(', ')}`)
  return refuse(false, `the charm refused the backup on ${question.unsuitable.join(', ')}`)
}

/** Those that have not refused yet. Where all of the right role have, our picture was wrong, and the others are tried. */
function notRefused(rightRole: readonly UnitView[], all: readonly UnitView[], refused: readonly string[]): UnitView[] {
  const left = rightRole.filter(unit => !refused.includes(unit.name))
  return left.length > 0 ? left : all.filter(unit => !refused.includes(unit.name))
}

function hasRole(unit: UnitView, role: Role, primary: string | undefined): boolean {
  if (role === 'Either' || primary === undefined) return true
  return (unit.name === primary) === (role === 'Primary')
}

/** Best guess first: by role, idle before busy, then by number, so that the choice is the same every time. */
function byPreference(role: Role, primary: string | undefined): (a: UnitView, b: UnitView) => number {
  const rank = (unit: UnitView): number => {
    // The leader is not the primary, but where nothing better is known it is the likelier one.
    const isPrimary = primary === undefined ? unit.leader === true : unit.name === primary
    return isPrimary === (role === 'Primary') ? 0 : 1
  }
  const idle = (unit: UnitView): number => (unit.agentStatus === 'idle' ? 0 : 1)
  return (a, b) => rank(a) - rank(b) || idle(a) - idle(b) || number(a) - number(b)
}

/** The charm shows `Primary`, with suffixes such as `(degraded)`; after a backup the text is empty for a while. */
export function primaryByStatus(units: readonly UnitView[]): string | undefined {
  const claims = units.filter(unit => /^Primary\b/.test(unit.workloadMessage))
  return claims.length === 1 ? claims[0]?.name : undefined
}

function wrongRole(units: readonly UnitView[], role: Role, primary: string | undefined): string {
  if (role === 'Primary') return `${names(units)} is not the primary, ${primary ?? 'another unit'} is`
  return `${names(units)} is the primary`
}

function reason(
  unit: UnitView,
  {units}: UnitQuestion,
  rightRole: readonly UnitView[],
  primary: string | undefined,
  why: string,
): string {
  if (units.length === 1) return 'it is the only unit'
  if (!rightRole.includes(unit)) return 'those that should make it have refused, so the roles may have changed'
  if (primary === undefined) return `the primary is not known; ${why}`
  return `it is ${unit.name === primary ? 'the primary' : 'a replica'}; ${why}`
}

export function condition(unit: UnitView): string {
  const message = unit.workloadMessage === '' ? '' : ` "${unit.workloadMessage}"`
  return `${unit.name} is ${unit.workloadStatus}${message}, agent ${unit.agentStatus}`
}

export function refuse(passing: boolean, message: string): UnitChoice {
  return {ok: false, passing, message}
}

export function names(units: readonly UnitView[]): string {
  return units.map(unit => unit.name).join(', ')
}

export function number(unit: UnitView): number {
  return Number(unit.name.split('/')[1])
}
