import assert from 'node:assert/strict'
import {globSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {test} from 'node:test'

const root = path.join(import.meta.dirname, '../../..')
const page = readFileSync(path.join(root, 'docs/verification.md'), 'utf8')
const sources = globSync('src/storage/layouts/*.ts', {cwd: root})
  .map(file => readFileSync(path.join(root, file), 'utf8'))
  .join('\n')

/** Messages in the last column of the tables of what is checked, in the parts between what differs. */
function parts(): readonly string[] {
  const rows = page.split('\n').filter(line => line.startsWith('| ') && line.split('|').length === 5)
  const messages = rows.flatMap(row =>
    [...(row.split(' | ').at(-1) ?? '').matchAll(/`([^`]+)`/g)].map(([, text = '']) => text),
  )
  return messages
    .flatMap(message =>
      message.split(/\.\.\.|"\w+"| in the archive|Model Name|[A-Z]{4,}|\S*\.(?:manifest|json|yaml|info)\b/),
    )
    .map(part => part.trim())
}

test('the page of what is verified quotes messages that there are', () => {
  const quoted = parts().filter(part => part.length > 5)
  assert(quoted.length > 40, `${quoted.length} parts`)
  for (const part of quoted) assert(sources.includes(part), `nobody says "${part}"`)
})

test('the page has a chapter for each layout', () => {
  for (const name of [
    'pgBackRest',
    'XtraBackup',
    'Percona Backup for MongoDB',
    'OpenSearch',
    'ZooKeeper',
    'etcd and Valkey',
  ])
    assert.match(page, new RegExp(`^## .*${name}`, 'm'))
})
