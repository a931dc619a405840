import assert from 'node:assert/strict'
import {request as httpsRequest} from 'node:https'
import {test} from 'node:test'
import type {ConnectionOptions} from 'node:tls'
import {WebSocket} from 'ws'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {frameNames, readFrame} from './frames.ts'
import {replay} from './frames-player.ts'
import {charmhubStory, startCharmhubLab} from './frames-charmhub.ts'
import {story} from './frames-story.ts'
import {labModel, startLab} from './lab.ts'

test('the recording is replayed from its beginning to its end', async t => {
  const juju = await startLab(t)
  for (const chapter of story) await t.test(chapter.title, () => replay(juju, chapter))
})

test('the recording with a Charmhub is replayed from its beginning to its end', async t => {
  const juju = await startCharmhubLab(t)
  for (const chapter of charmhubStory) await t.test(chapter.title, () => replay(juju, chapter))
})

/** Frames that no client of the API sent: the harness asked the server's code for them. */
const unplayable: Readonly<Record<string, string>> = {
  'error-catalogue': 'a table of how errors are worded and coded, printed by the harness without a call',
}

const overHttp = [
  'http-health',
  'http-charm-put-unauthenticated',
  'http-wrong-password',
  'http-charm-put-viewer',
  'http-charm-put-no-curl',
]
const ofTheProtocol = ['protocol-bad-path', 'protocol-unknown-path', 'protocol-non-json']

test('every recorded frame is replayed, or it is said why not', () => {
  const played = [...story, ...charmhubStory].flatMap(({steps}) => steps.filter(step => typeof step === 'string'))
  const known = [...played, ...overHttp, ...ofTheProtocol, ...Object.keys(unplayable)]
  assert.deepEqual([...new Set(known)].sort(), [...frameNames()].sort())
})

interface HttpFrame {
  readonly request: {readonly method: string; readonly path: string; readonly headers: readonly string[]}
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Whose credentials a frame was sent with: the recording keeps the names of headers only. */
const credentials: Readonly<Record<string, string>> = {
  'http-wrong-password': 'user-operator:wrong',
  'http-charm-put-viewer': 'user-viewer:viewer-secret',
  'http-charm-put-no-curl': 'user-operator:operator-secret',
}

for (const name of overHttp)
  test(`over HTTP: ${name} is as on Juju 4`, async t => {
    const juju = await startLab(t)
    const recorded = readFrame(name) as HttpFrame
    const values: Readonly<Record<string, string>> = {
      authorization: `Basic ${Buffer.from(credentials[name] ?? '').toString('base64')}`,
      'Juju-Curl': 'local:x-0',
      'Content-Type': 'application/zip',
    }
    const headers = Object.fromEntries(recorded.request.headers.map(header => [header, values[header] ?? '']))
    const answer = await send(juju, recorded.request, headers)
    assert.deepEqual(answer, {status: recorded.status, type: recorded.headers['content-type'], body: recorded.body})
  })

function send(
  {endpoint, caCertificate: ca}: SimulatedJuju,
  {method, path}: HttpFrame['request'],
  headers: Readonly<Record<string, string>>,
): Promise<{status: number | undefined; type: string | undefined; body: string}> {
  return new Promise((resolve, reject) => {
    const url = `https://${endpoint}${path}`
    httpsRequest(url, {method, headers, ca, servername: 'juju-apiserver', agent: false}, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8')
        resolve({status: response.statusCode, type: response.headers['content-type'], body})
      })
    })
      .on('error', reject)
      .end()
  })
}

for (const name of ['protocol-bad-path', 'protocol-unknown-path'])
  test(`${name}: the handshake is refused as on Juju 4`, async t => {
    const juju = await startLab(t)
    const {path, handshake} = readFrame(name) as {path: string; handshake: string}
    await assert.rejects(RawClient.connect(juju, path), new RegExp(`${handshake.replace('HTTP ', '')}$`))
  })

test('protocol-non-json: what is not JSON ends the connection as on Juju 4', async t => {
  const juju = await startLab(t)
  const {sent, result} = readFrame('protocol-non-json') as {sent: string; result: {code: number; reason: string}}
  const trust: ConnectionOptions = {ca: juju.caCertificate, servername: 'juju-apiserver'}
  const socket = new WebSocket(`wss://${juju.endpoint}/model/${labModel}/api`, trust)
  socket.once('open', () => socket.send(sent))
  const closed = await new Promise(resolve => {
    socket.once('close', (code, reason: Buffer) => resolve({code, reason: reason.toString('utf8')}))
  })
  assert.deepEqual(closed, result)
})
