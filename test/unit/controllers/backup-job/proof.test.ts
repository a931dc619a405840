import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {BackupJobStatus} from '../../../../src/api/backup-job.ts'
import type {CharmProfile} from '../../../../src/charms/profile.ts'
import type {Observed} from '../../../../src/controllers/backup-job/observed.ts'
import {proofFor} from '../../../../src/controllers/backup-job/proof.ts'
import {MemoryStore} from '../../storage/memory-store.ts'
import {openSearchRepository} from '../../storage/opensearch-repository.ts'
import {RecordedRepository} from '../../storage/recorded-repository.ts'
import {earlyChunks, lateChunks, md5File} from '../../../charms/mysql/xtrabackup-files.ts'
import {observed} from './builders.ts'

type Layout = CharmProfile['backup']['layout']

const id = '2026-08-01T02:00:03Z'
const {signal} = new AbortController()
const recorded = new RecordedRepository('repository')

function storeOf(objects: readonly (readonly [key: string, text: string])[]): MemoryStore {
  return new MemoryStore(Object.fromEntries(objects.map(([key, text]) => [key, {text}])))
}

/** A job whose backup lies at that path, of a charm whose objects begin so. */
function job(status: Partial<BackupJobStatus>, objectMagics?: readonly string[]): Observed {
  const o = observed({status: {backupID: id, modelName: 'admin/prod', ...status}})
  const {application} = o
  assert(application.state === 'present' && application.profile !== undefined)
  const backup = {...application.profile.backup, ...(objectMagics && {objectMagics})}
  return {...o, application: {...application, profile: {...application.profile, backup}}}
}

const at = (path: string): Partial<BackupJobStatus> => ({artefact: {bucket: 'backups', path}})

const chunks = [...earlyChunks(`p/${id}`, id), ...lateChunks(`p/${id}`, id)]
const application = observed().job.spec.application
const metadata = `Date Backup Requested: ${id}\nModel Name: prod\nApplication Name: ${application}\n`
const pbm = {name: id, type: 'logical', status: 'done', size: 9, replsets: [{name: 'rs', status: 'done'}]}

const layouts: readonly [
  layout: Layout,
  store: () => MemoryStore,
  o: Observed,
  adds: Partial<BackupJobStatus>,
  loss: string,
][] = [
  [
    'pgBackRest',
    () => recorded.store(),
    job({
      artefact: {bucket: 'backups', path: 'pg', stanza: recorded.recording.stanza, label: recorded.full.label},
      modelUUID: recorded.recording.modelUUID,
      type: 'Full',
    }),
    {timeline: '1', engineVersion: '15', sizeBytes: recorded.full.info.size},
    `${recorded.directory}/${recorded.full.label}/bundle/1`,
  ],
  [
    'XtraBackup',
    () => storeOf([...chunks, [`p/${id}.md5`, md5File(id, chunks)], [`p/${id}.metadata`, metadata]]),
    job(at('p')),
    {repositorySizeBytes: chunks.reduce((total, [, text]) => total + text.length, 0)},
    `p/${id}.metadata`,
  ],
  [
    'PBM',
    () =>
      storeOf([
        [`p/${id}.pbm.json`, JSON.stringify(pbm)],
        [`p/${id}/rs/metadata.json`, '{"namespaces":[]}'],
        [`p/${id}/rs/a.s2`, 'abc'],
      ]),
    job(at('p')),
    {sizeBytes: 9, repositorySizeBytes: 20},
    `p/${id}/rs/metadata.json`,
  ],
  [
    'OpenSearch',
    openSearchRepository,
    job(at('search')),
    {engineVersion: '2.14.0'},
    'search/indices/idx-items/meta-m-items.dat',
  ],
  [
    'ZooKeeper',
    () =>
      storeOf([
        [`p/${id}/metadata.yaml`, `id: '${id}'\nlog-sequence-number: 7\n`],
        [`p/${id}/snapshot`, 'ZKSN'],
      ]),
    job(at('p')),
    {repositorySizeBytes: 4},
    `p/${id}/metadata.yaml`,
  ],
  [
    'SingleObject',
    () => storeOf([[`p/${id}`, 'VALKEY080']]),
    job(at('p'), ['REDIS', 'VALKEY']),
    {repositorySizeBytes: 9},
    `p/${id}`,
  ],
]

for (const [layout, store, o, adds, loss] of layouts)
  test(`S2.13 S2.14 what the store proves becomes the status, and a loss is named with what to do: ${layout}`, async () => {
    const whole = await proofFor(layout, store(), o, signal)
    assert(whole.kind === 'complete', whole.message)
    for (const [field, value] of Object.entries(adds))
      assert.equal(Object.entries(whole.status).find(([name]) => name === field)?.[1], value, field)
    const damaged = store()
    damaged.objects.delete(loss)
    const lost = await proofFor(layout, damaged, o, signal)
    assert.notEqual(lost.kind, 'complete')
    assert.match(lost.message, /make a new backup/)
    assert(lost.message.includes(loss) || lost.message.includes(id), lost.message)
    const empty = await proofFor(layout, storeOf([['pg/model-uuid.txt', recorded.recording.modelUUID]]), o, signal)
    assert.equal(empty.kind, 'missing')
    assert.match(empty.message, /^there is no .*; make a new backup$/)
  })

test('an object that begins otherwise than those of its charm is no backup', async () => {
  const store = storeOf([[`p/${id}`, 'something else']])
  assert.equal((await proofFor('SingleObject', store, job(at('p'), ['VALKEY']), signal)).kind, 'broken')
  assert.equal((await proofFor('SingleObject', store, job(at('p')), signal)).kind, 'complete')
})

test('what cannot be looked for is a fault, not an answer', async () => {
  await assert.rejects(
    proofFor('None', storeOf([]), job(at('p')), signal),
    /how the backups of this charm lie in the store is not known/,
  )
  for (const layout of ['XtraBackup', 'PBM', 'OpenSearch', 'ZooKeeper', 'SingleObject'] as const)
    await assert.rejects(proofFor(layout, storeOf([]), job({}), signal), /it is not known where the backup is/)
  await assert.rejects(proofFor('pgBackRest', storeOf([]), job(at('p')), signal), /the listing does not tell where/)
})
