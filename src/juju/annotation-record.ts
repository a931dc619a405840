import {z} from 'zod'

/** A record in an annotation that cannot be read, and so must not be overwritten. */
export interface AnnotationFault {
  readonly ok: false
  /** `Newer`: an operator of a later version wrote it */
  readonly fault: 'Garbled' | 'Newer'
  readonly message: string
}

/** An annotation that must be understood holds something else; only a person can mend it. */
export class AnnotationUnreadable extends Error {
  override readonly name = 'AnnotationUnreadable'
  readonly fault: AnnotationFault['fault']

  constructor(key: string, {fault, message}: AnnotationFault) {
    super(`annotation ${key}: ${message}`)
    this.fault = fault
  }
}

const versioned = z.looseObject({v: z.int()})

/** The version of the records that this operator writes. */
const ownVersion = 1

/** Reads a versioned record. Fields that the schema does not have are kept. @param text not empty */
export function readRecord<S extends z.ZodType>(
  text: string,
  schema: S,
): {readonly ok: true; readonly record: z.output<S>} | AnnotationFault {
  const json = parseJSON(text)
  const version = versioned.safeParse(json)
  if (version.success && version.data.v > ownVersion)
    return {ok: false, fault: 'Newer', message: `it is of version ${version.data.v}, this operator knows ${ownVersion}`}
  const parsed = schema.safeParse(json)
  if (parsed.success) return {ok: true, record: parsed.data}
  const [issue] = parsed.error.issues
  return {
    ok: false,
    fault: 'Garbled',
    message: `it cannot be read: ${issue?.path.join('.') || 'all of it'}: ${issue?.message}`,
  }
}

/** @returns undefined for what is not JSON */
function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
