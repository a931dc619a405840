import type {z} from 'zod'
import type {Call} from '../../../src/juju/facades/call.ts'

/** The part of JSON schema that Juju prints its facades in. */
export interface JujuType {
  readonly type?: string
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, JujuType>>
  readonly patternProperties?: Readonly<Record<string, JujuType>>
  readonly additionalProperties?: boolean
  readonly items?: JujuType
  readonly required?: readonly string[]
}

export interface JujuFacade {
  readonly Name: string
  readonly Version: number
  readonly Schema: {
    readonly properties: Readonly<Record<string, JujuType>>
    readonly definitions?: Readonly<Record<string, JujuType>>
  }
}

/** A field of ours that one release of Juju does not have may be another's; a wrong type is wrong in any. */
export interface Complaints {
  readonly wrong: string[]
  readonly missing: string[]
}

/** What one of our schemas accepts, without its wrappers. */
interface Shape {
  readonly kind: string
  readonly optional: boolean
  readonly fields?: Readonly<Record<string, z.ZodType>>
  readonly inner?: z.ZodType
}

interface Def {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly format?: string
}

function shapeOf(schema: z.ZodType, optional = false): Shape {
  const def = schema.def as unknown as Def
  const wrapped = def.type === 'pipe' ? def.in : def.innerType
  if (wrapped !== undefined) return shapeOf(wrapped, optional || def.type === 'optional' || def.type === 'nullable')
  const inner = def.element ?? def.valueType
  return {
    kind: def.type === 'number' && def.format === 'safeint' ? 'integer' : def.type,
    optional: optional || def.type === 'unknown',
    ...(def.shape === undefined ? {} : {fields: def.shape}),
    ...(inner === undefined ? {} : {inner}),
  }
}

/** Holds the description of one call against the facade that Juju prints. */
export function compareCall(call: Call, facade: JujuFacade): Complaints {
  const complaints: Complaints = {wrong: [], missing: []}
  const method = facade.Schema.properties[call.method]
  const name = `${call.facade}.${call.method}`
  if (method === undefined) {
    complaints.wrong.push(`${name} is no method of version ${facade.Version}`)
    return complaints
  }
  const definitions = facade.Schema.definitions ?? {}
  const nothing: JujuType = {type: 'object', properties: {}}
  const compare = (what: 'Params' | 'Result', schema: z.ZodType) =>
    new Comparison(definitions, what, complaints).type(schema, method.properties?.[what] ?? nothing, `${name} ${what}`)
  compare('Params', call.params)
  compare('Result', call.result)
  return complaints
}

/** Go's `interface{}` and what else Juju's printer cannot describe. */
const isAnything = (type: JujuType): boolean =>
  type.type === 'object' && type.properties === undefined && type.patternProperties === undefined

/** Printed as an object of numbers (a version) or as a list of them (Go's `[]byte`), sent as text. */
const isSentAsText = (type: JujuType, path: string): boolean =>
  path.endsWith('.agent-version') || (type.type === 'array' && type.items?.type === 'integer')

class Comparison {
  readonly #definitions: Readonly<Record<string, JujuType>>
  readonly #what: 'Params' | 'Result'
  readonly #complaints: Complaints

  constructor(definitions: Readonly<Record<string, JujuType>>, what: 'Params' | 'Result', complaints: Complaints) {
    this.#definitions = definitions
    this.#what = what
    this.#complaints = complaints
  }

  type(schema: z.ZodType, printed: JujuType, path: string): void {
    const theirs = this.#resolve(printed)
    const ours = shapeOf(schema)
    if (ours.kind === 'unknown' || isAnything(theirs)) return
    if (ours.kind === 'object') this.#object(ours.fields ?? {}, theirs, path)
    else if (ours.kind === 'record') this.#inner(ours, theirs.patternProperties?.['.*'], path)
    else if (ours.kind === 'array') this.#inner(ours, theirs.items, path)
    else if (ours.kind === 'string' && isSentAsText(theirs, path)) return
    else if (ours.kind !== theirs.type)
      this.#complaints.wrong.push(`${path}: ours ${ours.kind}, Juju's ${theirs.type ?? '?'}`)
  }

  #inner(ours: Shape, theirs: JujuType | undefined, path: string): void {
    if (theirs === undefined) this.#complaints.wrong.push(`${path}: ours is a ${ours.kind}, Juju's is not`)
    else if (ours.inner !== undefined) this.type(ours.inner, theirs, `${path}[]`)
  }

  #object(fields: Readonly<Record<string, z.ZodType>>, theirs: JujuType, path: string): void {
    const {properties = {}, required = []} = theirs
    for (const [key, schema] of Object.entries(fields)) {
      const field = properties[key]
      if (field === undefined) this.#complaints.missing.push(`${path}.${key}`)
      else this.type(schema, field, `${path}.${key}`)
      // A result that we insist on must be one that Juju always sends.
      if (this.#what === 'Result' && field !== undefined && !shapeOf(schema).optional && !required.includes(key)) {
        this.#complaints.wrong.push(`${path}.${key}: ours is required, Juju may leave it out`)
      }
    }
    if (this.#what === 'Params') this.#mustSend(fields, theirs, path)
  }

  #mustSend(
    fields: Readonly<Record<string, z.ZodType>>,
    {properties = {}, required = []}: JujuType,
    path: string,
  ): void {
    for (const key of required.filter(one => !this.#isEmbedded(one, properties))) {
      const field = fields[key]
      if (field === undefined || shapeOf(field).optional)
        this.#complaints.wrong.push(`${path}.${key}: Juju requires it`)
    }
  }

  /** A struct that Go embeds is printed as a field too, but only its own fields, which stand beside it, travel. */
  #isEmbedded(key: string, siblings: Readonly<Record<string, JujuType>>): boolean {
    const own = Object.keys(this.#resolve(siblings[key] ?? {}).properties ?? {})
    return /^[A-Z]/.test(key) && own.length > 0 && own.every(field => field in siblings)
  }

  #resolve(type: JujuType): JujuType {
    const name = type.$ref?.split('/').at(-1)
    return name === undefined ? type : (this.#definitions[name] ?? {})
  }
}
