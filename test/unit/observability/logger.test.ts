import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import test from 'node:test'
import {createLogger, type LoggerOptions} from '../../../src/observability/logger.ts'
import {allowedFields} from '../../../src/observability/log-fields.ts'
import type {Logger} from '../../../src/observability/log.ts'

function capture(options: Partial<LoggerOptions> = {}): {
  log: Logger
  lines: string[]
  last: () => Record<string, unknown>
} {
  const lines: string[] = []
  const destination = {write: (line: string) => void lines.push(line)}
  const log = createLogger({level: 'info', format: 'json', destination, ...options})
  return {log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>}
}

test('a line carries time, level, message and its fields', () => {
  const {log, last} = capture()
  log.info('backup started', {namespace: 'team-a', name: 'nightly', attempt: 1})
  const {time, ...rest} = last()
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual(rest, {level: 'info', msg: 'backup started', namespace: 'team-a', name: 'nightly', attempt: 1})
})

test('S2.10 a field that is not on the list is dropped, with its name kept and its value gone', () => {
  const {log, lines, last} = capture()
  log.info('login', {password: 'hunter2-distinctive', application: 'postgresql'})
  assert.equal(lines.join('').includes('hunter2-distinctive'), false)
  assert.deepEqual(last()['dropped'], ['password'])
  assert.equal(last()['application'], 'postgresql')
})

test('S2.10 whole objects are dropped even under an allowed name', () => {
  const {log, lines} = capture()
  log.info('task', {
    action: {name: 'create-backup', parameters: {key: 'hunter2-distinctive'}},
    status: ['ok', {deep: 'hunter2-distinctive'}],
  })
  assert.equal(lines.join('').includes('hunter2-distinctive'), false)
})

test('S2.10 an error is written as text with its causes; its own properties stay out', () => {
  const {log, lines, last} = capture()
  const cause = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    headers: {authorization: 'hunter2-distinctive'},
  })
  log.error('no answer', {error: new TypeError('call failed', {cause})})
  assert.equal(last()['error'], 'TypeError: call failed; caused by Error: connect ECONNREFUSED')
  assert.equal(lines.join('').includes('hunter2-distinctive'), false)
})

test('what was thrown need not be an error, and a circle of causes ends', () => {
  const {log, last} = capture()
  log.error('odd', {error: 'just text'})
  assert.equal(last()['error'], 'just text')
  const circle = new Error('round')
  circle.cause = circle
  log.error('odd', {error: circle})
  assert.match(String(last()['error']), /^Error: round(; caused by Error: round){4}$/)
})

test('long values are cut', () => {
  const {log, last} = capture()
  log.info('long', {reason: 'x'.repeat(5000)})
  assert.equal(String(last()['reason']).length, 1024)
})

test('a child adds its fields to each line, and they are checked as well', () => {
  const {log, lines, last} = capture()
  const child = log.child({controller: 'backupjob', token: 'hunter2-distinctive'}).child({key: 'a/b'})
  child.warn('slow', {ms: 12})
  assert.deepEqual([last()['controller'], last()['key'], last()['ms']], ['backupjob', 'a/b', 12])
  assert.equal(lines.join('').includes('hunter2-distinctive'), false)
})

test('lines below the level are not written', () => {
  const {log, lines} = capture({level: 'warn'})
  log.debug('no')
  log.info('no')
  log.warn('yes')
  log.error('yes')
  assert.equal(lines.length, 2)
})

test('the pretty form is for people: time, level, message, name=value', () => {
  const {log, lines} = capture({format: 'pretty'})
  log.child({controller: 'backupjob'}).info('backup started', {unit: 'postgresql/0', reason: 'two words', attempt: 1})
  assert.match(
    lines[0] ?? '',
    /^\d\d:\d\d:\d\d\.\d{3} INFO {2}backup started controller=backupjob unit=postgresql\/0 reason="two words" attempt=1\n$/,
  )
})

test('every field that the sources log by name is on the list', () => {
  const root = path.resolve(import.meta.dirname, '../../../src')
  const call = /\blog(?:ger)?\??\.(?:debug|info|warn|error|child)\((?:[^(){}]|\([^()]*\))*\{(?<fields>[^{}]*)\}/g
  const names = globSync('**/*.ts', {cwd: root}).flatMap(file => {
    const source = readFileSync(path.join(root, file), 'utf8')
    return [...source.matchAll(call)].flatMap(({groups}) =>
      [...(groups?.['fields'] ?? '').matchAll(/(?:^|,)\s*(\w+)\s*(?=[:,]|$)/g)].map(([, name = '']) => name),
    )
  })
  assert.ok(names.length > 20, 'the reader found the log calls at all')
  const refused = new Set(names.filter(name => name !== 'error' && 'dropped' in allowedFields({[name]: 'x'})))
  assert.deepEqual([...refused], [])
})
