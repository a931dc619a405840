import type {BackupStorageSpec} from '../../api/backup-storage.ts'
import {sourceMaxAgeMs} from '../credentials/source-reader.ts'
import type {Fault, Observed, Outcome, ProbeView, Verdict} from './observed.ts'

const dayMs = 86_400_000
/** A Secret that is missing is looked for more often than one that is there, in ms. */
const missingRecheckMs = 15_000
/** A store that fails is looked at this often at least, in ms: jobs wait for it. */
const failingProbeMs = 60_000

/** What to say of a BackupStorage and when to look at the store. The first rule that has an opinion wins. */
export function decide(observed: Observed): Verdict {
  for (const rule of rules) {
    const verdict = rule(observed)
    if (verdict !== undefined) return verdict
  }
  return {againMs: sourceMaxAgeMs}
}

type Rule = (observed: Observed) => Verdict | undefined

const specMustBeValid: Rule = ({invalid}) =>
  invalid === undefined ? undefined : said({reason: 'InvalidSpec', message: invalid})

const credentialsMustBeThere: Rule = ({target}) =>
  target.ok ? undefined : {...said(target), againMs: missingRecheckMs}

/** A new spec or Secret is tried out at once, by writing too where that is allowed. */
const aNewStoreIsProbed: Rule = ({storage, probe, probing}) =>
  probe === undefined
    ? {...probeUnless(probing, storage.spec.accessMode === 'ReadWrite'), againMs: sourceMaxAgeMs}
    : undefined

const aKnownStoreIsProbedNowAndThen: Rule = ({storage, probe, probing}) => {
  if (probe === undefined) return undefined
  const {spec} = storage
  const restMs = pauseMs(spec, probe) - probe.ageMs
  const outcome = outcomeOf(spec, probe)
  if (restMs > 0) return {outcome, againMs: Math.min(restMs, sourceMaxAgeMs)}
  return {outcome, ...probeUnless(probing, writeIsDue(spec, probe)), againMs: sourceMaxAgeMs}
}

const rules: readonly Rule[] = [
  specMustBeValid,
  credentialsMustBeThere,
  aNewStoreIsProbed,
  aKnownStoreIsProbedNowAndThen,
]

function pauseMs(spec: BackupStorageSpec, {result}: ProbeView): number {
  const intervalMs = spec.probeIntervalSeconds * 1000
  return result.ok ? intervalMs : Math.min(intervalMs, failingProbeMs)
}

/** A failed write is proved again with the next probe, a good one a day later. */
function writeIsDue(spec: BackupStorageSpec, {wroteAgeMs}: ProbeView): boolean {
  return spec.accessMode === 'ReadWrite' && (wroteAgeMs === undefined || wroteAgeMs >= dayMs)
}

function probeUnless(probing: boolean, write: boolean): Pick<Verdict, 'probe'> {
  return probing ? {} : {probe: {write}}
}

function outcomeOf({s3, accessMode}: BackupStorageSpec, {result, since}: ProbeView): Outcome {
  if (result.ok) {
    const can = accessMode === 'ReadWrite' ? 'listed and written' : 'listed'
    return {state: 'Ready', reason: 'Available', message: `bucket ${s3.bucket} at ${s3.endpoint} can be ${can}`}
  }
  const {kind, message} = result
  if (kind === 'Unreachable') return {state: 'Reconciling', reason: kind, message: `since ${since}: ${message}`}
  return {state: 'Stalled', reason: kind, message}
}

function said({reason, message}: Fault): Verdict {
  return {outcome: {state: 'Stalled', reason, message}, againMs: sourceMaxAgeMs}
}
