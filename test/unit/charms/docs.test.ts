import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {supportedCharms} from '../../../src/charms/index.ts'
import {generatedFiles} from '../../../src/charms/generate.ts'

const charms =
  'postgresql 14, postgresql 16, postgresql-k8s 14, postgresql-k8s 16, mysql 8.0, mysql-k8s 8.0, ' +
  'mongodb 6, mongodb 8, mongodb-k8s 6, mongodb-k8s 8'

const [[path, page] = ['', '']] = generatedFiles()

test('docs/charms.md on disk is what the profiles say', () => {
  assert.equal(readFileSync(join(import.meta.dirname, '../../..', path), 'utf8'), page)
})

test('docs/charms.md has a row for every charm and track, and every text with which one fails', () => {
  assert.deepEqual(
    supportedCharms.map(({charm, track}) => `${charm} ${track}`),
    charms.split(', '),
  )
  for (const {charm, track, profile} of supportedCharms) {
    assert.match(
      page,
      new RegExp(`^\\| \`${charm}\` \\| ${track} \\| ${profile.engine} \\|.*\\| ${profile.backup.layout} \\|$`, 'm'),
    )
    for (const {text} of profile.backup.failureTexts) assert(page.includes(`| \`${text}\` |`), text)
  }
})

test('docs/charms.md tells on which unit a backup is made as the rules choose it', () => {
  const made = (charm: string, track: string): string | undefined =>
    new RegExp(`^\\| \`${charm}\` \\| ${track} \\|(?:[^|]*\\|){4}([^|]*)\\|`, 'm').exec(page)?.[1]?.trim()
  assert.equal(made('postgresql', '14'), 'a replica with TLS, the primary without')
  assert.equal(made('postgresql', '16'), 'a replica')
  assert.equal(made('mysql', '8.0'), 'a replica')
})
