import assert from 'node:assert/strict'
import {setTimeout as pause} from 'node:timers/promises'
import type {JujulibFacades} from '../../support/jujulib.ts'

/** What the stories are told of the Juju, whichever it is. */
export interface JujulibWorld {
  readonly facades: JujulibFacades
  /** Juju 4 refuses every cancel, so far: a defect of its own. */
  readonly cancels: boolean
}

export type JujulibStory = (world: JujulibWorld) => Promise<void>

const deployed = 'ch:amd64/postgresql-468'
const newest = 'ch:amd64/postgresql-478'

/** Sentence -> story; the Juju has PostgreSQL 14 on three units, s3-integrator, and a newer revision of PostgreSQL in its channel. */
export const jujulibStories: Readonly<Record<string, JujulibStory>> = {
  'reads the status': readsStatus,
  'runs an action and follows it': runsAnAction,
  'reads, sets and unsets options': changesOptions,
  'cancels a task, or is told why not': cancels,
  'adds a unit that comes up, and destroys it': addsAndDestroysUnits,
  'refreshes to the newest revision of the channel, and back': refreshes,
}

async function readsStatus({facades}: JujulibWorld): Promise<void> {
  const status = await facades.client.fullStatus({patterns: [], 'include-storage': false})
  const units = Object.entries(status.applications['postgresql']?.units ?? {})
  assert.deepEqual(
    units.map(([name, unit]) => [name, unit['workload-status'].info]),
    [
      ['postgresql/0', 'Primary'],
      ['postgresql/1', ''],
      ['postgresql/2', ''],
    ],
  )
}

async function runsAnAction({facades: {action}}: JujulibWorld): Promise<void> {
  const tag = await enqueue(action, 'create-backup', 'unit-postgresql-2')
  const look = async () => (await action.actions({entities: [{tag}]})).results?.[0]
  await until('the task has ended', async () => (await look())?.status === 'completed')
  assert.deepEqual((await look())?.output, {'backup-status': 'backup created', 'return-code': 0})
  const operations = await action.listOperations({actions: ['create-backup']})
  assert.equal(operations.results?.[0]?.actions?.[0]?.action?.name, 'create-backup')
}

async function changesOptions({facades: {application}}: JujulibWorld): Promise<void> {
  const region = async () => {
    const got = await application.get({application: 's3-integrator', branch: ''})
    return (got.config as Record<string, {value?: unknown; source?: string}>)['region']
  }
  const set = (value: string) => {
    const change = {application: 's3-integrator', generation: '', config: {region: value}, 'config-yaml': ''}
    return application.setConfigs({Args: [change]})
  }
  const before = String((await region())?.value)
  assert.ok(((await set('another')).results ?? []).every(({error}) => !error))
  assert.equal((await region())?.value, 'another')
  await application.unsetApplicationsConfig({Args: [{application: 's3-integrator', branch: '', options: ['region']}]})
  assert.notEqual((await region())?.source, 'user')
  await set(before)
  assert.equal((await region())?.value, before)
}

async function cancels({facades: {action}, cancels: works}: JujulibWorld): Promise<void> {
  // The second one waits for the first.
  const first = await enqueue(action, 'create-backup', 'unit-postgresql-1')
  const tag = await enqueue(action, 'list-backups', 'unit-postgresql-1')
  const result = (await action.cancel({entities: [{tag}]})).results?.[0]
  if (works) assert.deepEqual([result?.status, result?.error], ['cancelled', undefined])
  else assert.match(result?.error?.message ?? '', /has no "status_id" db tag/)
  const ended = async (each: string): Promise<boolean> => {
    const found = (await action.actions({entities: [{tag: each}]})).results?.[0]
    return ['completed', 'cancelled'].includes(found?.status ?? '')
  }
  await until('both tasks have ended', async () => (await ended(first)) && (await ended(tag)))
}

async function addsAndDestroysUnits({facades}: JujulibWorld): Promise<void> {
  const {application} = facades
  const wanted = {application: 'postgresql', 'num-units': 1, placement: [], 'attach-storage': [], policy: ''}
  const added = (await application.addUnits(wanted)).units[0] ?? ''
  assert.match(added, /^postgresql\/\d+$/)
  await until('the new unit is active and idle', async () => {
    const unit = (await unitsOf(facades))[added]
    return unit?.['workload-status'].status === 'active' && unit['agent-status'].status === 'idle'
  })
  const going = {'unit-tag': `unit-${added.replace('/', '-')}`, 'destroy-storage': false, force: false}
  const destroyed = await application.destroyUnit({units: [going]})
  assert.ok((destroyed.results ?? []).every(({error}) => !error))
  await until('the unit is gone', async () => !(added in (await unitsOf(facades))))
}

async function refreshes({facades}: JujulibWorld): Promise<void> {
  const {application, charms} = facades
  const before = await application.getCharmURLOrigin({application: 'postgresql', branch: ''})
  assert.equal(before.url, deployed)
  const asked = {reference: 'ch:amd64/postgresql', 'charm-origin': before['charm-origin'], 'switch-charm': false}
  const [resolved] = (await charms.resolveCharms({resolve: [asked]})).Results ?? []
  assert.equal(resolved?.url, newest)
  const {url, 'charm-origin': origin} = resolved
  const added = await charms.addCharm({url, 'charm-origin': origin, force: false})
  await refresh(facades, url, added['charm-origin'])
  await refresh(facades, before.url ?? '', before['charm-origin'])
}

type Origin = NonNullable<Parameters<JujulibFacades['application']['setCharm']>[0]['charm-origin']>

async function refresh(facades: JujulibFacades, url: string, origin: Origin): Promise<void> {
  const {application} = facades
  const change = {
    application: 'postgresql',
    'charm-url': url,
    'charm-origin': origin,
    channel: '14/stable',
    generation: '',
  }
  const force = {force: false, 'force-units': false, 'force-base': false}
  await application.setCharm({...change, ...force})
  await until(`every unit runs ${url}`, async () => {
    const units = Object.values(await unitsOf(facades))
    return units.every(unit => unit.charm === '' && unit['agent-status'].status === 'idle')
  })
  const now = await application.getCharmURLOrigin({application: 'postgresql', branch: ''})
  assert.equal(now.url, url)
}

async function unitsOf({client}: JujulibFacades) {
  const status = await client.fullStatus({patterns: ['postgresql'], 'include-storage': false})
  return status.applications['postgresql']?.units ?? {}
}

/** @returns the task's tag */
async function enqueue(action: JujulibFacades['action'], name: string, receiver: string): Promise<string> {
  const enqueued = await action.enqueueOperation({actions: [{name, receiver, tag: '', parameters: {}}]})
  return enqueued.actions?.[0]?.action?.tag ?? ''
}

/** @throws AssertionError when it is not so within 20 seconds */
async function until(sentence: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `not true: ${sentence}`)
    await pause(10)
  }
}
