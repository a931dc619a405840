import assert from 'node:assert/strict'
import test from 'node:test'
import {inspect} from 'node:util'
import fc from 'fast-check'
import {enqueue} from '../../../src/juju/actions.ts'
import {annotations} from '../../../src/juju/annotations.ts'
import {applicationGet, unitsInfo} from '../../../src/juju/applications.ts'
import type {FrameChannel} from '../../../src/juju/channel.ts'
import {JujuConnection, type Caller} from '../../../src/juju/connection.ts'
import {exec, relationSetCommand} from '../../../src/juju/exec.ts'
import {facadeTableOf} from '../../../src/juju/facade-table.ts'
import {nameOf, type Call} from '../../../src/juju/facades/call.ts'
import {allCalls} from '../../../src/juju/facades/index.ts'
import {classify} from '../../../src/juju/faults.ts'
import {logIn} from '../../../src/juju/login.ts'
import {Rpc} from '../../../src/juju/rpc.ts'
import {createSecret, updateSecret} from '../../../src/juju/secrets.ts'
import {setConfig} from '../../../src/juju/settings.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {testDeps} from './support.ts'

interface Request {
  readonly 'request-id': number
  readonly params: unknown
}

type Answer = (request: Request) => Record<string, unknown> | 'silence' | 'end'

/** A server that answers every request in one way. */
class Server implements FrameChannel {
  readonly #answer: Answer
  #handlers: {message: (frame: string) => void; closed: (why: string) => void} | undefined

  constructor(answer: Answer) {
    this.#answer = answer
  }

  listen(handlers: {message: (frame: string) => void; closed: (why: string) => void}): void {
    this.#handlers = handlers
  }

  send(frame: string): void {
    const request = JSON.parse(frame) as Request
    const answer = this.#answer(request)
    if (answer === 'end') this.#handlers?.closed('the connection was lost')
    else if (answer !== 'silence') {
      this.#handlers?.message(JSON.stringify({'request-id': request['request-id'], ...answer}))
    }
  }

  close(): void {
    this.#handlers?.closed('bye')
  }

  terminate(): void {
    this.close()
  }
}

/** How a call can fail. Each puts the secret into the answer, as badly as a server could, and the request's own text too. */
const failures = {
  'an error of the call':
    (secret: string): Answer =>
    ({params}) => ({
      error: `bad request ${JSON.stringify(params)}`,
      'error-code': 'bad request',
      'error-info': {macaroon: secret},
      response: {},
    }),
  'an error of the item':
    (): Answer =>
    ({params}) => {
      const error = {message: `not valid: ${JSON.stringify(params)}`, code: 'not valid', info: {params}}
      const item = {error, 'charm-origin': {}}
      const items = {results: [item], Results: [item], actions: [item], error, 'charm-origin': {}, application: 'a'}
      return {response: items}
    },
  'a reply that makes no sense':
    (secret: string): Answer =>
    () => ({
      response: Object.fromEntries(replyKeys.map(key => [key, {[key]: [secret]}])),
    }),
  'an answer that is only the secret':
    (secret: string): Answer =>
    () => ({response: secret}),
  'no answer in time': (): Answer => () => 'silence',
  'a connection that ends': (): Answer => () => 'end',
}

/** Every key at the top of a reply of ours. */
const replyKeys = [...new Set(allCalls.flatMap(call => Object.keys((call.result as {shape?: object}).shape ?? {})))]

/** What may hold secrets in what is sent. */
const writes: Readonly<Record<string, (caller: Caller, secret: string) => Promise<unknown>>> = {
  setConfig: (caller, secret) => setConfig(caller, 'a', {'secret-key': secret}),
  createSecret: (caller, secret) => createSecret(caller, {label: 'l', description: '', content: {k: secret}}),
  enqueue: (caller, secret) =>
    enqueue(caller, {unit: 'a/0', action: 'x', parameters: {password: secret, users: [{password: secret}]}}),
  updateSecret: (caller, secret) => updateSecret(caller, {label: 'l'}, {k: secret}),
  exec: (caller, secret) => {
    const command = relationSetCommand({relationID: 1, app: true, values: {password: secret}})
    return exec(caller, {unit: 'a/0', command, timeoutMs: 1000})
  },
}

/** What may hold secrets in what comes back. */
const reads: Readonly<Record<string, (caller: Caller) => Promise<unknown>>> = {
  applicationGet: caller => applicationGet(caller, 'a'),
  unitsInfo: caller => unitsInfo(caller, ['a/0']),
  annotations: caller => annotations(caller, {application: 'a'}),
  enqueue: caller => enqueue(caller, {unit: 'a/0', action: 'x', parameters: {}}),
}

/** Every call of ours with params that say nothing, so that only what comes back can tell. */
const bare = Object.fromEntries(
  allCalls.map(call => [nameOf(call), (caller: Caller) => caller.call(call, undefined as never)] as const),
)

const everyVersion = facadeTableOf(allCalls.map(({facade, versions}: Call) => ({name: facade, versions})))

/** Everything that a failed call leaves behind, as text. */
async function traces(answer: Answer, act: (caller: Caller) => Promise<unknown>): Promise<string> {
  const clock = new VirtualClock()
  const deps = testDeps(clock)
  const login = {
    serverVersion: '4.0.12',
    controllerUUID: 'c',
    modelUUID: 'm',
    user: 'operator',
    superuser: false,
    modelAccess: 'admin',
    facades: everyVersion,
    addresses: [],
  } as const
  const connection = new JujuConnection(new Rpc(new Server(answer), deps), login, 'a:1', deps)
  const outcome = act(connection).then(
    () => undefined,
    (error: unknown) => error,
  )
  await clock.advance(45_000)
  const error = await outcome
  connection.close()
  return [...(error === undefined ? [] : printed(error)), ...deps.log.lines, ...deps.calls].join('\n')
}

function printed(error: unknown): readonly string[] {
  assert.ok(error instanceof Error)
  const {message, stack = '', cause} = error
  const whole = inspect(error, {depth: Infinity, showHidden: true, getters: false})
  const fault = classify(error).message
  return [
    message,
    stack,
    whole,
    fault,
    JSON.stringify(error),
    String(error),
    ...(cause instanceof Error ? printed(cause) : []),
  ]
}

/** The ways in which a text could be written down. */
function spellings(secret: string): readonly string[] {
  const encoded = Buffer.from(secret).toString('base64')
  return [secret, ...secret.split('\n'), JSON.stringify(secret).slice(1, -1), encoded, encodeURIComponent(secret)]
}

const line = fc.string({
  minLength: 6,
  maxLength: 20,
  unit: fc.constantFrom('Z', 'q', '7', '#', '$', '%', '&', "'", '"', '\\', ' ', 'ä'),
})
/** Distinctive: nothing that our own texts contain. */
const secrets = fc
  .array(line, {minLength: 1, maxLength: 3})
  .map(lines => lines.map((text, index) => `ZZ${index}q${text}q7Z`).join('\n'))

for (const [failure, answerWith] of Object.entries(failures)) {
  const acts = {...writes, ...reads, ...bare}
  for (const [name, act] of Object.entries(acts)) {
    test(`S2.10 ${name}: after ${failure} no secret is in the error, a log line or a metric`, async () => {
      await fc.assert(
        fc.asyncProperty(secrets, async secret => {
          const text = await traces(answerWith(secret), caller => act(caller, secret))
          for (const spelling of spellings(secret)) assert.ok(!text.includes(spelling), text)
        }),
        {numRuns: 8},
      )
    })
  }
}

const target = {endpoints: ['a:1'], userAgent: 'test'}
const logins = {
  password: (secret: string) => ({kind: 'password', username: 'operator', password: secret}) as const,
  client: (secret: string) => ({kind: 'client', clientId: 'id', clientSecret: secret}) as const,
}
for (const [kind, credentialsOf] of Object.entries(logins)) {
  for (const failure of [
    'a reply that makes no sense',
    'an answer that is only the secret',
    'no answer in time',
  ] as const) {
    test(`S2.10 a login with ${kind}: after ${failure} neither it nor a macaroon is in the error or a log line`, async () => {
      await fc.assert(
        fc.asyncProperty(secrets, async secret => {
          const clock = new VirtualClock()
          const deps = testDeps(clock)
          const rpc = new Rpc(new Server(failures[failure](secret)), deps)
          const outcome = logIn(rpc, {...target, credentials: credentialsOf(secret)}, '3.6.14').then(
            () => undefined,
            (error: unknown) => error,
          )
          await clock.advance(45_000)
          const text = [...printed(await outcome), ...deps.log.lines, ...deps.calls].join('\n')
          for (const spelling of spellings(secret)) assert.ok(!text.includes(spelling), text)
        }),
        {numRuns: 8},
      )
    })
  }
}

test('S2.10 a macaroon that comes with a refused login is not printed with the error', async () => {
  const secret = 'ZZ-macaroon-7Z'
  const refusal = {error: 'discharge', 'error-code': 'macaroon discharge required', 'error-info': {macaroon: secret}}
  const deps = testDeps(new VirtualClock())
  const rpc = new Rpc(new Server(() => refusal), deps)
  const error = await logIn(rpc, {...target, credentials: logins.password('p')}, '3.6.14').catch(
    (fault: unknown) => fault,
  )
  assert.ok(!printed(error).join('\n').includes(secret))
})

test('a short value is left in an error: it would be found in words that say something else', async () => {
  const answer: Answer = () => ({response: {results: [{error: {message: 'unknown option "on"', code: 'not valid'}}]}})
  const text = await traces(answer, caller => setConfig(caller, 'a', {bogus: 'on'}))
  assert.match(text, /unknown option "on"/)
})
