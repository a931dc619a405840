/**
 * Which fields a log line may carry, and in which form.
 *
 * A list of what is allowed, not of what is hidden: a field that nobody thought of is dropped, so that a Secret, a key
 * or an action parameter cannot reach the log by accident.
 */
import type {LogFields} from './log.ts'

const whichObject = 'kind namespace name uid key resource resourceVersion generation namespaces'
const whichPart = 'controller reconcileID worker workers lease identity holder owner clusterID version pid'
const whereInJuju =
  'model modelUUID controllerUUID application unit charm revision channel profile action operationID taskID taskStatus slot job ' +
  'facade method serverVersion access endpoint backupID'
const whereInTheStore = 'storage bucket path stanza label'
const whatHappened =
  'reason from to step attempt position condition status code verb signal outcome accepted because requestID host port address url file finalizer context'
const howMuch = 'ms seconds durationMs retryInMs delayMs count items pages bytes depth lagMs drift'

const allowed: ReadonlySet<string> = new Set(
  [whichObject, whichPart, whereInJuju, whereInTheStore, whatHappened, howMuch].flatMap(words => words.split(' ')),
)

/** Longer strings are cut; nobody reads a page in one field. */
const longestValue = 1024

/** How deep the chain of causes of an error is followed. */
const deepestCause = 5

/** The field under which an error is handed in, and its text is written. */
const errorField = 'error'

/** The fields that may be written; the names of the others are kept under `dropped`, their values are gone. */
export function allowedFields(fields: LogFields): LogFields {
  const kept: LogFields = {}
  const dropped: string[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    const written = name === errorField ? describeError(value) : allowed.has(name) ? scalar(value) : undefined
    if (written === undefined) dropped.push(name)
    else kept[name] = written
  }
  return dropped.length === 0 ? kept : {...kept, dropped}
}

function scalar(value: unknown): unknown {
  if (typeof value === 'string') return cut(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value) && value.every(entry => typeof entry === 'string')) return value.slice(0, 20).map(cut)
  return undefined
}

/** An error as text: names, messages and codes along the chain of causes; own properties may hold anything, so they stay out. */
export function describeError(error: unknown): string {
  const parts: string[] = []
  for (let current = error; current !== undefined && parts.length < deepestCause; current = causeOf(current)) {
    parts.push(describeOne(current))
  }
  return cut(parts.join('; caused by '))
}

function describeOne(error: unknown): string {
  if (!(error instanceof Error))
    return typeof error === 'string' ? error : `something thrown that is no Error (${typeof error})`
  const {code}: {code?: unknown} = error as NodeJS.ErrnoException
  const known = typeof code === 'string' && code !== '' && !error.message.includes(code)
  return `${error.name}: ${error.message}${known ? ` (${code})` : ''}`
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

function cut(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`
}
