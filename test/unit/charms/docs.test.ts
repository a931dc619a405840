import assert from 'node:assert/strict'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {supportedCharms} from '../../../src/charms/index.ts'
import {generatedFiles} from '../../../src/charms/generate.ts'

const charms =
  'postgresql 14, postgresql 16, postgresql-k8s 14, postgresql-k8s 16, mysql 8.0, mysql-k8s 8.0, ' +
  'mongodb 6, mongodb 8, mongodb-k8s 6, mongodb-k8s 8, opensearch 2, opensearch-k8s 2, ' +
  'zookeeper 3, charmed-etcd 3.5, charmed-etcd 3.6, valkey 9'

const root = join(import.meta.dirname, '../../..')
const [[path, page] = ['', '']] = generatedFiles()

test('docs/charms.md on disk is what the profiles say', () => {
  assert.equal(readFileSync(join(root, path), 'utf8'), page)
})

test('docs/charms.md has a row for every charm and track, and every text with which one fails', () => {
  assert.deepEqual(
    supportedCharms.map(({charm, track}) => `${charm} ${track}`),
    charms.split(', '),
  )
  for (const {charm, track, profile} of supportedCharms) {
    const {backup, restore, engine} = profile
    assert.match(page, new RegExp(`^\\| \`${charm}\` \\| ${track} \\| ${engine} \\|.*\\| ${backup.layout} \\|$`, 'm'))
    for (const {text, meaning} of [...backup.failureTexts, ...(restore?.failureTexts ?? [])])
      assert(page.includes(`| ${text === '' ? '(nothing)' : `\`${text}\``} | ${meaning} |`), text)
  }
})

/** The cells of a charm's row in the table under a heading. */
function cells(heading: string, charm: string, track: string): readonly string[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`)
  const row = section.split('\n').find(line => line.startsWith(`| ${charm} | ${track} |`)) ?? ''
  return row.split('|').map(cell => cell.trim())
}

test('docs/charms.md tells on which unit a backup is made as the rules choose it', () => {
  const made = (charm: string, track: string): string | undefined => cells('Backups', charm, track)[7]
  assert.equal(made('`postgresql`', '14'), 'a replica with TLS, the primary without')
  assert.equal(made('`postgresql`', '16'), 'a replica')
  assert.equal(made('`mysql`', '8.0'), 'a replica')
  assert.equal(made('`mongodb`', '8'), 'the leader')
  assert.equal(made('`valkey`', '9'), 'any unit')
})

test('docs/charms.md tells what can be cancelled, what expires, and what can be restored to a moment', () => {
  const cancel = (charm: string, track: string) => cells('Backups', charm, track).slice(10, 12)
  assert.deepEqual(cancel('`postgresql`', '16'), [
    'by force',
    'as the s3-integrator says (experimental-delete-older-than-days)',
  ])
  assert.deepEqual(cancel('`mongodb`', '6'), ['no', 'never'])
  const restore = (charm: string, track: string) => cells('Restores', charm, track).slice(3, 8)
  assert.deepEqual(restore('`postgresql`', '16'), [
    '`restore`',
    'one unit only',
    'yes, with a backup or without',
    'yes',
    'the units show it',
  ])
  assert.deepEqual(restore('`mysql`', '8.0'), ['`restore`', 'one unit only', 'yes, with a backup', 'no', 'its task is'])
  assert.deepEqual(restore('`mongodb`', '8'), ['`restore`', 'all units', 'no', 'no', 'the units show it'])
  assert.equal(restore('`valkey`', '9')[0], 'none in the released revisions')
  assert.deepEqual(
    cells('Without backups', '`kafka`', 'Kafka is not backed up but replicated, with MirrorMaker for example').slice(
      1,
      2,
    ),
    ['`kafka`'],
  )
})

test('a charm is a folder with its family, and each such folder is served', () => {
  const folder = join(root, 'src/charms')
  const families = readdirSync(folder).filter(name => existsSync(join(folder, name, 'family.ts')))
  const served = new Set(supportedCharms.map(({profile}) => `${profile.engine.split(' ')[0]}`.toLowerCase()))
  assert.deepEqual([...served].toSorted(), families.toSorted())
})
