import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {RawClient} from '../../juju-simulator/raw-client.ts'
import {ledger, ledgerK8s, ledgerModel} from './ledger-charm.ts'

interface Origin {
  readonly source: string
  readonly id: string
  readonly hash?: string
  readonly track?: string
  readonly risk?: string
  readonly revision?: number
}

interface Answer {
  readonly url: string
  readonly 'charm-origin': Origin
  readonly error?: {readonly message: string; readonly code: string}
}

const stable10 = ledger()
const stable12 = ledger({revision: 12})
const edge15 = ledger({revision: 15, channel: '1/edge'})
const track2 = ledger({revision: 20, channel: '2/stable', options: {}})
const onArm = ledger({revision: 13, architectures: ['arm64']})
const onNoble = ledger({revision: 14, base: {name: 'ubuntu', channel: '24.04/stable'}})
const charmhub = [stable10, stable12, edge15, track2, onArm, onNoble]

const originOf = async (client: RawClient): Promise<Answer> =>
  (await client.call('Application', 19, 'GetCharmURLOrigin', {application: 'books', branch: ''})) as unknown as Answer

async function resolve(client: RawClient, origin: object, reference = 'ch:amd64/ledger'): Promise<Answer> {
  const params = {resolve: [{reference, 'charm-origin': origin, 'switch-charm': false}]}
  const {Results} = (await client.call('Charms', 7, 'ResolveCharms', params)) as {Results: [Answer]}
  return Results[0]
}

/** As `juju refresh` does, from the resolved answer on. */
async function refresh(client: RawClient, resolved: Answer, more: object = {}): Promise<void> {
  const added = await client.call('Charms', 7, 'AddCharm', {
    url: resolved.url,
    'charm-origin': resolved['charm-origin'],
    force: false,
  })
  await client.call('Application', 19, 'SetCharm', {
    application: 'books',
    'charm-url': resolved.url,
    'charm-origin': added['charm-origin'],
    channel: '',
    ...more,
  })
}

interface Shown {
  readonly charm: string
  readonly 'charm-rev': number
  readonly 'charm-channel': string
  readonly 'can-upgrade-to': string
  readonly units: Readonly<Record<string, {readonly charm: string}>>
}

async function shown(client: RawClient): Promise<Shown> {
  const status = await client.call('Client', 8, 'FullStatus', {patterns: []})
  return (status['applications'] as {books: Shown}).books
}

test('the newest revision of the channel is for the base and architecture of the application', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const {url, 'charm-origin': origin} = await resolve(client, (await originOf(client))['charm-origin'])
  assert.equal(url, 'ch:amd64/ledger-12')
  assert.deepEqual([origin.revision, origin.track, origin.risk], [12, '1', 'stable'])
})

test('another risk or track of the origin finds another revision', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const current = (await originOf(client))['charm-origin']
  assert.equal((await resolve(client, {...current, risk: 'edge'})).url, 'ch:amd64/ledger-15')
  assert.equal((await resolve(client, {...current, track: '2'})).url, 'ch:amd64/ledger-20')
})

test('a channel without a release serves what the next more stable one has, and says so', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const current = (await originOf(client))['charm-origin']
  const {url, 'charm-origin': origin} = await resolve(client, {...current, track: '2', risk: 'beta'})
  assert.deepEqual([url, origin.risk], ['ch:amd64/ledger-20', 'stable'])
})

test('a revision counts only in an origin without id and hash; with them the channel decides', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const current = (await originOf(client))['charm-origin']
  const pinned = {...current, revision: 15, id: '', hash: ''}
  assert.equal((await resolve(client, pinned)).url, 'ch:amd64/ledger-15')
  assert.equal((await resolve(client, {...current, revision: 15})).url, 'ch:amd64/ledger-12')
})

test('what Charmhub does not have is told in its words', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const current = (await originOf(client))['charm-origin']
  const unknown = await resolve(client, current, 'ch:amd64/nonsense')
  assert.match(
    unknown.error?.message ?? '',
    /^resolving error: The Charm with the given name was not found in the Store$/,
  )
  const elsewhere = await resolve(client, {...current, track: '9'})
  assert.match(elsewhere.error?.message ?? '', /not found for channel "9\/stable", base "amd64\/ubuntu\/22.04"/)
  assert.match(
    elsewhere.error?.message ?? '',
    /available releases are:\n {2}channel "1\/edge": available bases are: ubuntu@22.04/,
  )
  const wrongArchitecture = await resolve(client, {...current, id: '', hash: '', revision: 13})
  assert.match(wrongArchitecture.error?.message ?? '', /requested architecture "amd64" not found in .* \[arm64\]/)
})

test('a controller without a way to Charmhub says so, with an empty code', async t => {
  const {client} = await ledgerModel(t)
  const {error} = await resolve(client, (await originOf(client))['charm-origin'])
  assert.match(error?.message ?? '', /no such host$/)
  assert.equal(error?.code, '')
})

test('a charm is known to the model after AddCharm: CharmInfo describes it, SetCharm takes it', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const resolved = await resolve(client, {...(await originOf(client))['charm-origin'], track: '2'})
  const set = {application: 'books', 'charm-url': resolved.url, 'charm-origin': resolved['charm-origin']}
  const early = await client.send({type: 'Application', version: 19, request: 'SetCharm', params: set})
  assert.deepEqual([early.error, early['error-code']], ['charm "ch:amd64/ledger-20" not found', 'not found'])
  await refresh(client, resolved)
  const info = await client.call('Charms', 7, 'CharmInfo', {url: resolved.url})
  assert.deepEqual([info['revision'], info['config']], [20, {}])
})

test('the application has its charm at once, the units take it up in their time', async t => {
  const {client, clock, control} = await ledgerModel(t, {profile: '3.6.14', charmhub})
  assert.equal((await shown(client))['can-upgrade-to'], 'ch:amd64/ledger-12')
  await refresh(client, await resolve(client, (await originOf(client))['charm-origin']))
  const early = await shown(client)
  assert.deepEqual([early.charm, early['charm-rev'], early['can-upgrade-to']], ['ch:amd64/ledger-12', 12, ''])
  const old = 'ch:amd64/ledger-10'
  assert.deepEqual(
    Object.values(early.units).map(({charm}) => charm),
    [old, old, old],
  )
  await clock.advance(300_000)
  assert.deepEqual(
    Object.values((await shown(client)).units).map(({charm}) => charm),
    ['', '', ''],
  )
  assert.deepEqual(
    control.units('books').map(({message}) => message),
    Array(3).fill('revision 12'),
  )
})

test('on Juju 4 units take up a charm when its archive has come, and it has actions from then on', async t => {
  const pace = {download: 60_000, upgrade: 10, jitter: 0}
  const {client, clock, books} = await ledgerModel(t, {charmhub, pace})
  const resolved = await resolve(client, (await originOf(client))['charm-origin'])
  const known = async (): Promise<readonly unknown[]> => {
    const {actions} = await client.call('Charms', 7, 'CharmInfo', {url: resolved.url})
    const running = [...books.units.values()].map(({charm}) => charm.description.revision)
    return [Object.keys((actions as {specs?: object}).specs ?? {}).length > 0, running]
  }
  await refresh(client, resolved)
  await clock.advance(59_000)
  assert.deepEqual(await known(), [false, [10, 10, 10]])
  await clock.advance(2000)
  assert.deepEqual(await known(), [true, [12, 12, 12]])
})

test('Juju 4 never shows the charm of a unit', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  await refresh(client, await resolve(client, (await originOf(client))['charm-origin']))
  assert.deepEqual(
    Object.values((await shown(client)).units).map(({charm}) => charm),
    ['', '', ''],
  )
})

test('after a refresh the origin follows the new channel; resolving it again finds the same charm', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const before = await originOf(client)
  await refresh(client, await resolve(client, {...before['charm-origin'], risk: 'edge'}))
  const after = await originOf(client)
  assert.equal(after.url, 'ch:amd64/ledger-15')
  assert.deepEqual([after['charm-origin'].track, after['charm-origin'].risk], ['1', 'edge'])
  assert.equal(after['charm-origin'].id, before['charm-origin'].id)
  assert.notEqual(after['charm-origin'].hash, before['charm-origin'].hash)
  assert.equal((await shown(client))['charm-channel'], '1/edge')
  assert.equal((await resolve(client, after['charm-origin'])).url, after.url)
})

test('the way back needs no Charmhub: the old charm is in the model, its origin was read before', async t => {
  const {client, books} = await ledgerModel(t, {charmhub})
  const before = await originOf(client)
  await refresh(client, await resolve(client, before['charm-origin']))
  const back = {application: 'books', 'charm-url': before.url, 'charm-origin': before['charm-origin']}
  await client.call('Application', 19, 'SetCharm', back)
  assert.equal(books.charm.description.revision, 10)
  assert.deepEqual(await originOf(client), before)
})

test('the same charm again is not rolled out again', async t => {
  const {client, clock, control} = await ledgerModel(t, {charmhub})
  const {'charm-origin': current} = await originOf(client)
  const since = control.application('books').units.get('books/0')?.agent.since
  await refresh(client, await resolve(client, {...current, id: '', hash: '', revision: 10}))
  await clock.advance(200_000)
  assert.equal(control.application('books').units.get('books/0')?.agent.since, since)
})

test('options that the new charm does not have vanish with their values', async t => {
  const {client, books} = await ledgerModel(t, {charmhub})
  const Args = [{application: 'books', config: {currency: 'florin'}}]
  await client.call('Application', 19, 'SetConfigs', {Args})
  await refresh(client, await resolve(client, {...(await originOf(client))['charm-origin'], track: '2'}))
  assert.deepEqual(books.settings(), {})
})

test('an origin of Charmhub has id and hash, or neither', async t => {
  const {client} = await ledgerModel(t, {charmhub})
  const resolved = await resolve(client, (await originOf(client))['charm-origin'])
  const half = {...resolved, 'charm-origin': {...resolved['charm-origin'], id: ''}}
  const set = {application: 'books', 'charm-url': half.url, 'charm-origin': half['charm-origin']}
  const refused = await client.send({type: 'Application', version: 19, request: 'SetCharm', params: set})
  assert.match(refused.error ?? '', /both CharmOrigin ID and Hash must be set or neither/)
  assert.equal(refused['error-code'], 'bad request')
})

test('a charm for another base is refused unless that is forced', async t => {
  const {client, books} = await ledgerModel(t, {charmhub})
  const current = (await originOf(client))['charm-origin']
  const resolved = await resolve(client, {...current, id: '', hash: '', revision: 14})
  await assert.rejects(refresh(client, resolved), /runs on ubuntu@22.04, which the charm does not support/)
  await refresh(client, resolved, {'force-base': true})
  assert.equal(books.charm, onNoble)
})

test('settings come with the charm on Juju 3, and go unread on Juju 4', async t => {
  for (const [profile, expected] of [
    ['3.6.14', 'florin'],
    ['4.0.12', 'euro'],
  ] as const) {
    const {client, books} = await ledgerModel(t, {profile, charmhub})
    const resolved = await resolve(client, (await originOf(client))['charm-origin'])
    await refresh(client, resolved, {'config-settings': {currency: 'florin'}})
    assert.equal(books.settings()['currency'], expected, profile)
  }
})

test('disabled commands stop a refresh, but not one that also forces the units', async t => {
  const {client, books} = await ledgerModel(t, {charmhub})
  const resolved = await resolve(client, (await originOf(client))['charm-origin'])
  await client.call('Block', 2, 'SwitchBlockOn', {type: 'BlockChange', message: 'not now'})
  await assert.rejects(refresh(client, resolved), /not now/)
  await refresh(client, resolved, {'force-units': true})
  assert.equal(books.charm, stable12)
})

const oldImage = ledgerK8s(1, 5)
const k8s = {
  type: 'caas',
  charm: oldImage,
  charmhub: [oldImage, ledgerK8s(2, 7), ledgerK8s(3, 9, '1/edge')],
} as const

async function pend(client: RawClient, resolved: Answer, revision: number): Promise<string> {
  const image = {name: 'ledger-image', type: 'oci-image', path: '', origin: 'store', revision, fingerprint: '', size: 0}
  const reply = await client.call('Resources', 3, 'AddPendingResources', {
    tag: 'application-books',
    url: resolved.url,
    'charm-origin': resolved['charm-origin'],
    resources: [image],
  })
  const {error, 'pending-ids': ids} = reply as {error?: {message: string}; 'pending-ids': [string] | null}
  if (ids === null) throw new Error(error?.message)
  return ids[0]
}

async function imageOf(client: RawClient): Promise<number> {
  const params = {entities: [{tag: 'application-books'}]}
  const {results} = (await client.call('Resources', 3, 'ListResources', params)) as {
    results: [{resources: [{revision: number; origin: string}]}]
  }
  const [{resources}] = results
  assert.equal(resources[0].origin, 'store')
  return resources[0].revision
}

const noSuchImage = {
  '3.6.14': /charm resource "ledger-image" at revision 99 not found/,
  '4.0.12': /"ledger-k8s" for "ledger-image" not found/,
} as const

for (const profile of ['3.6.14', '4.0.12'] as const)
  test(`${profile}: a Kubernetes charm brings its image by a pending resource, by the channel or at a revision`, async t => {
    const {client} = await ledgerModel(t, {...k8s, profile})
    const current = (await originOf(client))['charm-origin']
    const resolved = await resolve(client, current, 'ch:amd64/ledger-k8s')
    assert.equal(resolved.url, 'ch:amd64/ledger-k8s-2')
    assert.equal(await imageOf(client), 5)
    await refresh(client, resolved, {'resource-ids': {'ledger-image': await pend(client, resolved, -1)}})
    assert.equal(await imageOf(client), 7)
    await refresh(client, resolved, {'resource-ids': {'ledger-image': await pend(client, resolved, 6)}})
    assert.equal(await imageOf(client), 6)
    await assert.rejects(pend(client, resolved, 99), noSuchImage[profile])
  })

test('without a pending resource the old image stays', async t => {
  const {client} = await ledgerModel(t, {...k8s, profile: '3.6.14'})
  await refresh(client, await resolve(client, (await originOf(client))['charm-origin'], 'ch:amd64/ledger-k8s'))
  assert.equal(await imageOf(client), 5)
})

test('Juju 3 refuses a pending id that it never gave', async t => {
  const {client} = await ledgerModel(t, {...k8s, profile: '3.6.14'})
  const resolved = await resolve(client, (await originOf(client))['charm-origin'], 'ch:amd64/ledger-k8s')
  const forged = {'resource-ids': {'ledger-image': '2f10c562-31ab-443d-875a-35564acc941e'}}
  await assert.rejects(refresh(client, resolved, forged), /pending resource "ledger-image" .* not found/)
})

test('the resources of a charm in the store are listed as its channel publishes them', async t => {
  const {client} = await ledgerModel(t, k8s)
  const origin = {...(await originOf(client))['charm-origin'], risk: 'edge'}
  const entities = [{'charm-url': 'ch:amd64/ledger-k8s', 'charm-origin': origin}]
  const {results} = (await client.call('Charms', 7, 'ListCharmResources', {entities})) as {
    results: [[{name: string; revision: number}]]
  }
  assert.deepEqual([results[0][0].name, results[0][0].revision], ['ledger-image', 9])
})

test('Juju 3.1 writes the series into URLs of charms, and takes them without it', async t => {
  const {client} = await ledgerModel(t, {profile: '3.1.10', charmhub})
  const {url} = (await client.call('Application', 17, 'GetCharmURLOrigin', {application: 'books'})) as {url: string}
  assert.equal(url, 'ch:amd64/jammy/ledger-10')
  for (const known of [url, 'ch:amd64/ledger-10'])
    assert.equal((await client.call('Charms', 6, 'CharmInfo', {url: known}))['revision'], 10)
})
