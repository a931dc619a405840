import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import {checkParameters, describeFaults, parameterNames} from '../../../src/juju/parameters.ts'

const schema = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  parameters: {type: 'object', title: 'create-backup', description: 'Makes a backup.', properties, ...more},
})

const postgresql = schema({type: {type: 'string', description: 'The backup type.', enum: ['full', 'incremental']}})

test('S1.1 what fits is sent as the types of the schema', () => {
  const spec = schema({
    type: {type: 'string'},
    count: {type: 'integer', minimum: 1},
    ratio: {type: 'number'},
    force: {type: 'boolean'},
  })
  assert.deepEqual(checkParameters(spec, {type: 'full', count: '3', ratio: '1.5', force: 'true'}), {
    ok: true,
    parameters: {type: 'full', count: 3, ratio: 1.5, force: true},
    defaults: {},
  })
})

test('a text that looks like a number stays text where the schema says so', () => {
  const checked = checkParameters(schema({label: {type: 'string'}}), {label: '007'})
  assert.deepEqual(checked.ok && checked.parameters, {label: '007'})
})

test('without a type the values of the enum tell it; without both it is text', () => {
  const spec = schema({level: {enum: [1, 2, 3]}, free: {description: 'anything'}})
  const checked = checkParameters(spec, {level: '2', free: '2'})
  assert.deepEqual(checked.ok && checked.parameters, {level: 2, free: '2'})
})

test('of several types the narrowest that can read the text is taken', () => {
  const spec = schema({value: {type: ['string', 'integer', 'boolean']}})
  const values = ['true', '12', 'twelve'].map(value => {
    const checked = checkParameters(spec, {value})
    return checked.ok ? checked.parameters['value'] : describeFaults(checked.faults)
  })
  assert.deepEqual(values, [true, 12, 'twelve'])
})

test('defaults are told, but those that Juju 4 would garble and empty texts are left to the charm', () => {
  const spec = schema({
    type: {type: 'string', default: 'full'},
    keep: {type: 'integer', default: 3},
    list: {type: 'array', default: ['a']},
    map: {type: 'object', default: {a: 1}},
    nothing: {type: ['string', 'null'], default: null},
    empty: {type: 'string', default: ''},
  })
  const checked = checkParameters(spec, {keep: '5'})
  assert.deepEqual(checked, {ok: true, parameters: {keep: 5}, defaults: {type: 'full'}})
})

test('an action without parameters takes none', () => {
  assert.deepEqual(checkParameters({parameters: {}}, {}), {ok: true, parameters: {}, defaults: {}})
  assert.deepEqual(checkParameters({parameters: {}}, {a: '1'}), {
    ok: false,
    faults: [{path: 'a', message: 'this action has no such parameter; it has none'}],
  })
})

const refused: readonly [
  what: string,
  spec: ReturnType<typeof schema>,
  given: Record<string, string>,
  fault: string,
][] = [
  [
    'a name that the schema lacks, which the charm would ignore in silence',
    postgresql,
    {typ: 'full'},
    'typ: this action has no such parameter; it has type',
  ],
  [
    'such a name where the schema forbids it',
    schema({b: {type: 'string'}, a: {type: 'string'}}, {additionalProperties: false}),
    {c: '1'},
    'c: this action has no such parameter; it has a, b',
  ],
  [
    'a name of every JavaScript object',
    postgresql,
    {constructor: 'x'},
    'constructor: this action has no such parameter; it has type',
  ],
  ['an empty text', postgresql, {type: ''}, 'type: must not be empty; leave the parameter out instead'],
  ['a value that is none of those allowed', postgresql, {type: 'Full'}, 'type: must be one of full, incremental'],
  [
    'no whole number',
    schema({count: {type: 'integer'}}),
    {count: '1.5'},
    'count: must be of type integer; write a whole number, for example 3',
  ],
  [
    'a whole number that JavaScript cannot hold',
    schema({count: {type: 'integer'}}),
    {count: '9007199254740993'},
    'count: must be of type integer; write a whole number, for example 3',
  ],
  [
    'no number',
    schema({ratio: {type: 'number'}}),
    {ratio: 'Infinity'},
    'ratio: must be of type number; write a number, for example 1.5',
  ],
  [
    'no boolean',
    schema({force: {type: 'boolean'}}),
    {force: 'yes'},
    'force: must be of type boolean; write true or false',
  ],
  [
    'a list',
    schema({units: {type: 'array'}}),
    {units: '["a"]'},
    'units: its type is array, and only text, numbers and booleans can be given; leave it out',
  ],
  [
    'too small, by draft 4',
    schema({count: {type: 'integer', minimum: 1, exclusiveMinimum: true}}),
    {count: '1'},
    'count: breaks a rule of the charm, minimum: 1',
  ],
  [
    'too long',
    schema({name: {type: 'string', maxLength: 3}}),
    {name: 'four'},
    'name: breaks a rule of the charm, maxLength: 3',
  ],
  [
    'another shape of text',
    schema({id: {type: 'string', pattern: '^\\d+$'}}),
    {id: 'a1'},
    'id: must match the pattern ^\\d+$',
  ],
  [
    'one that is required and missing',
    schema({id: {type: 'string'}, type: {type: 'string'}}, {required: ['id']}),
    {type: 'full'},
    'id: is required; set it',
  ],
  [
    'two faults at once',
    schema({a: {type: 'integer'}, b: {type: 'boolean'}}),
    {a: 'x', b: 'y'},
    'a: must be of type integer; write a whole number, for example 3; b: must be of type boolean; write true or false',
  ],
]
for (const [what, spec, given, fault] of refused) {
  test(`S1.1 refused: ${what}`, () => {
    const checked = checkParameters(spec, given)
    assert.equal(checked.ok ? 'accepted' : describeFaults(checked.faults), fault)
  })
}

test('a default satisfies what is required', () => {
  const spec = schema({type: {type: 'string', default: 'full'}}, {required: ['type']})
  assert.equal(checkParameters(spec, {}).ok, true)
})

test('a schema that makes no sense refuses, in words', () => {
  const checked = checkParameters(schema({id: {type: 'string', pattern: '('}}), {id: 'x'})
  assert.match(
    checked.ok ? '' : describeFaults(checked.faults),
    /^the charm's schema of this action cannot be understood/,
  )
})

test('a schema whose parts are of the wrong kind breaks nothing', () => {
  assert.deepEqual(parameterNames({parameters: {properties: 'none'}}), [])
  assert.deepEqual(parameterNames({parameters: {properties: {a: null, b: {type: 'string'}}}}), ['a', 'b'])
})

test('what is accepted reads the same again: as text, every value is what was given', () => {
  const value = fc.oneof(fc.integer().map(String), fc.boolean().map(String), fc.string({minLength: 1, maxLength: 20}))
  const type = fc.constantFrom('string', 'integer', 'boolean', 'number')
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.tuple(type, value), {maxKeys: 6}), given => {
      const spec = schema(Object.fromEntries(Object.entries(given).map(([name, [one]]) => [name, {type: one}])))
      const texts = Object.fromEntries(Object.entries(given).map(([name, [, text]]) => [name, text]))
      const checked = checkParameters(spec, texts)
      if (!checked.ok) return
      for (const [name, sent] of Object.entries(checked.parameters)) {
        const expected = typeof sent === 'number' ? Number(texts[name]) : texts[name]
        assert.equal(typeof sent === 'number' ? sent : String(sent), expected)
      }
    }),
  )
})
