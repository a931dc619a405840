import type {JujuError} from '../errors.ts'

/** What Juju checks before a call does anything (rpc/params/apierror.go). */
const codes: ReadonlySet<string> = new Set([
  'unauthorized access',
  'operation is blocked',
  'upgrade in progress',
  'model migration in progress',
  'not supported',
  'not implemented',
  'not found',
  'model not found',
])

/** The texts of some of them come without a code. */
const text = /^permission denied$|\bmaintenance in progress\b|^migration in progress, model is /

/** Whether Juju refused before any effect; for a call of several steps, where another error may come after the first ones. */
export function cameBeforeAnyEffect({code, message}: JujuError): boolean {
  return codes.has(code) || text.test(message)
}
