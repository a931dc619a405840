import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {RawClient} from '../../juju-simulator/raw-client.ts'

const program = fileURLToPath(new URL('../../juju-simulator/main.ts', import.meta.url))

async function ended(...args: readonly string[]): Promise<{code: number | null; out: string}> {
  const child = spawn(process.execPath, [program, ...args], {stdio: ['ignore', 'pipe', 'pipe']})
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (out += data.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return {code, out}
}

test('--help names options, commands and faults, and ends well', async () => {
  const {code, out} = await ended('--help')
  assert.equal(code, 0)
  for (const word of ['--juju', '--control-port', 'unit-status', 'drop-reply']) assert.ok(out.includes(word), word)
})

test('a version that is not played is refused with what there is', async () => {
  const {code, out} = await ended('--juju', '5.0')
  assert.equal(code, 2)
  assert.match(out, /--juju is one of 2\.9\.49, 3\.1\.10, 3\.6\.14, 4\.0\.12, not 5\.0/)
})

test('it prints how to reach it, answers a login, takes commands, and SIGTERM ends it', async t => {
  const child = spawn(process.execPath, [program, '--juju', '4.0.12', '--charm', 'postgresql-16'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const [line] = (await once(createInterface({input: child.stdout}), 'line')) as [string]
  const told = JSON.parse(line) as Record<
    'endpoint' | 'caCertificate' | 'username' | 'password' | 'modelUUID' | 'control',
    string
  >
  const client = await RawClient.login(told, `/model/${told.modelUUID}/api`, told.username, told.password)
  const post = async (command: object): Promise<unknown> =>
    (await fetch(told.control, {method: 'POST', body: JSON.stringify(command)})).json()
  const {task} = (await post({op: 'enqueue', unit: 'postgresql/1', action: 'get-primary'})) as {task: string}
  const reply = await client.call('Action', 7, 'Actions', {entities: [{tag: `action-${task}`}]})
  assert.deepEqual((reply['results'] as [{output: object}])[0].output, {primary: 'postgresql/0', 'return-code': 0})
  assert.deepEqual(await post({op: 'fault', fault: 'reset'}), {ok: true})
  assert.deepEqual(await post({op: 'fault', fault: 'nonsense'}).then(answer => Object.keys(answer as object)), [
    'error',
  ])
  child.kill('SIGTERM')
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
