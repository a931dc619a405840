import {z} from 'zod'
import type {KindDefinition, TransitionRule} from './kind.ts'
import {RULES} from './schema.ts'

/** A node of a structural OpenAPI schema, as far as we generate and read it. */
export interface SchemaNode {
  type?: string
  format?: string
  description?: string
  default?: unknown
  example?: unknown
  enum?: string[]
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  maxProperties?: number
  properties?: Record<string, SchemaNode>
  required?: string[]
  items?: SchemaNode
  additionalProperties?: SchemaNode
  [RULES]?: {rule: string; message: string; fieldPath?: string; reason?: string}[]
  [extension: `x-${string}`]: unknown
}

/**
 * The schema of a zod type as OpenAPI, with examples, for the docs.
 * References are inlined (a CRD knows none); what cannot be said structurally throws here, not at `kubectl apply`.
 */
export function schemaOf(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, {
    io: 'input', // with defaults optional
    target: 'openapi-3.0',
    reused: 'inline',
    cycles: 'throw',
    override: ({jsonSchema}) => boundIntegers(jsonSchema as SchemaNode),
  }) as SchemaNode
}

/** Zod names the safe integers as bounds of every integer; Kubernetes says it with a format. */
function boundIntegers(node: SchemaNode): void {
  if (node.type !== 'integer') return
  if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum
  node.format = node.maximum !== undefined && node.maximum < 2 ** 31 ? 'int32' : 'int64'
}

function withoutExamples(node: SchemaNode): SchemaNode {
  const {example: _, properties, items, additionalProperties, ...rest} = node
  return {
    ...rest,
    ...(properties && {properties: mapValues(properties, withoutExamples)}),
    ...(items && {items: withoutExamples(items)}),
    ...(additionalProperties && {additionalProperties: withoutExamples(additionalProperties)}),
  }
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

/**
 * What may never change: also not from absent to present, or back.
 *
 * Values are compared where they stand: a rule further up finds them by paths, and each step of a path costs the API server a
 * copy of the schema's fields, at every write. A dozen such rules were a third of the cost of writing a status.
 */
export function immutabilityRules(kind: KindDefinition): TransitionRule[] {
  const {required = [], properties = {}} = schemaOf(kind.spec)
  return kind.immutable.fields.flatMap(field => {
    const message = `spec.${field} cannot be changed: ${kind.immutable.instead}`
    const value: TransitionRule = {field, rule: 'self == oldSelf', message}
    const isAlwaysThere = required.includes(field) || properties[field]?.default !== undefined
    if (isAlwaysThere) return [value]
    return [{field, rule: `has(self.${field}) == has(oldSelf.${field})`, onSpec: true, message}, value]
  })
}

/** The schema of spec, with its rules over changes where they belong. */
function specSchema(kind: KindDefinition): SchemaNode {
  const spec = withoutExamples(schemaOf(kind.spec))
  for (const {field, onSpec = false, ...rule} of [...immutabilityRules(kind), ...kind.transitions]) {
    const node = onSpec ? spec : spec.properties?.[field]
    if (node === undefined) throw new TypeError(`${kind.resource.kind} has no spec.${field}`)
    const path = onSpec ? {fieldPath: `.${field}`} : {}
    node[RULES] = [...(node[RULES] ?? []), {...rule, ...path, reason: 'FieldValueForbidden'}]
  }
  return spec
}

function rootSchema(kind: KindDefinition): SchemaNode {
  return {
    type: 'object',
    description: kind.description,
    required: ['spec'],
    properties: {
      apiVersion: {type: 'string', description: 'Version of the schema of this object.'},
      kind: {type: 'string', description: 'Kind of this object.'},
      metadata: {type: 'object'},
      spec: {description: 'What is wanted.', ...specSchema(kind)},
      status: {
        description: 'What the operator found; written by the operator only.',
        ...withoutExamples(schemaOf(kind.status)),
        // So that an object that nobody has seen yet does not look current to kstatus.
        default: {observedGeneration: -1},
      },
    },
  }
}

/** The CustomResourceDefinition of a kind. */
export function crdOf(kind: KindDefinition): {metadata: {name: string}} & Record<string, unknown> {
  const {group, version, plural, kind: name} = kind.resource
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {name: `${plural}.${group}`},
    spec: {
      group,
      scope: 'Namespaced',
      names: {
        kind: name,
        listKind: `${name}List`,
        plural,
        singular: name.toLowerCase(),
        shortNames: kind.shortNames,
        categories: ['charmkeeper'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: {openAPIV3Schema: rootSchema(kind)},
          subresources: {status: {}},
          additionalPrinterColumns: kind.columns,
          ...(kind.selectableFields.length > 0 && {
            selectableFields: kind.selectableFields.map(jsonPath => ({jsonPath})),
          }),
        },
      ],
    },
  }
}
