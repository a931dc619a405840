import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {MemoryStore} from './memory-store.ts'
import {keysLike, RecordedRepository, remove, truncate} from './recorded-repository.ts'

const bundled = new RecordedRepository('repository')
const plain = new RecordedRepository('plain')

type Damage = (store: MemoryStore) => void

/** One byte of a text becomes another one. */
const flip =
  (pattern: RegExp, at = 200): Damage =>
  store => {
    for (const key of keysLike(store, pattern))
      store.edit(key, text => text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1))
  }

const shorten =
  (pattern: RegExp): Damage =>
  store => {
    for (const key of keysLike(store, pattern)) store.edit(key, text => text.slice(0, text.length / 2))
  }

const segmentInTheMiddle = '000000010000000000000030'
/** A table of the full backup that the incremental one refers to, where each file is an object. */
const inheritedTable = /F\/pg_data\/base\/1\/1247$/

const damages: readonly [
  marker: string,
  how: string,
  repository: RecordedRepository,
  damage: Damage,
  problem: RegExp,
][] = [
  [
    'backup.info',
    'truncated, with its copy',
    bundled,
    shorten(/backup\.info/),
    /backup\.info (was cut off|cannot be read).*, and its copy (was cut off|cannot be read)/,
  ],
  [
    'backup.info',
    'with a wrong checksum, as its copy',
    bundled,
    flip(/backup\.info/),
    /backup\.info has a wrong checksum: [0-9a-f]{40} is written in it, its content has [0-9a-f]{40}, and its copy/,
  ],
  [
    'backup.info',
    'encrypted, as its copy',
    bundled,
    store => {
      for (const key of keysLike(store, /backup\.info/)) store.edit(key, text => `Salted__${text}`)
    },
    /backup\.info is encrypted: nothing in it can be checked from here, and its copy is encrypted/,
  ],
  [
    'backup.manifest',
    'missing',
    bundled,
    store => remove(store, /I\/backup\.manifest$/),
    /I\/backup\.manifest does not exist$/,
  ],
  [
    'backup.manifest',
    'truncated',
    bundled,
    shorten(/I\/backup\.manifest$/),
    /I\/backup\.manifest (was cut off: its checksum is not at its end|cannot be read)/,
  ],
  [
    'backup.manifest',
    'with a wrong checksum',
    bundled,
    flip(/I\/backup\.manifest$/),
    /I\/backup\.manifest has a wrong checksum/,
  ],
  [
    'backup.manifest',
    'encrypted',
    bundled,
    store => store.edit(keysLike(store, /I\/backup\.manifest$/)[0] ?? '', text => `Salted__${text}`),
    /I\/backup\.manifest is encrypted: nothing in it can be checked from here$/,
  ],
  [
    'backup.manifest',
    'compressed',
    bundled,
    store => store.edit(keysLike(store, /I\/backup\.manifest$/)[0] ?? '', text => `\x1F\x8B${text}`),
    /I\/backup\.manifest (is compressed with gzip|cannot be read)/,
  ],
  [
    'backup.manifest',
    'of another backup',
    bundled,
    store => {
      const [other = ''] = keysLike(store, /D\/backup\.manifest$/)
      store.edit(keysLike(store, /I\/backup\.manifest$/)[0] ?? '', () => store.objects.get(other)?.text ?? '')
    },
    /I\/backup\.manifest is not that of the index: its label is .*D, not .*I;.*its type is diff, not incr;.*its first WAL is/,
  ],
  [
    'parent',
    'whose manifest is missing',
    bundled,
    store => remove(store, /F\/backup\.manifest$/),
    /F\/backup\.manifest does not exist$/,
  ],
  [
    'parent',
    'whose manifest is truncated',
    bundled,
    shorten(/D\/backup\.manifest$/),
    /D\/backup\.manifest (was cut off|cannot be read)/,
  ],
  [
    'parent',
    'whose manifest has a wrong checksum',
    bundled,
    flip(/D\/backup\.manifest$/),
    /D\/backup\.manifest has a wrong checksum/,
  ],
  [
    'parent',
    'that is not in the index',
    bundled,
    store => bundled.editIndex(store, text => text.replaceAll(/^\d+-\d+F=.*\n/gm, '')),
    /it builds on \d+-\d+F, which backup\.info does not know$/,
  ],
  ['bundle', 'missing', bundled, store => remove(store, /I\/bundle\/1$/), /I\/bundle\/1 is not in the store$/],
  [
    'bundle',
    'truncated',
    bundled,
    store => truncate(store, /I\/bundle\/1$/),
    /truncated or overwritten: pg\/backup\/.*I\/bundle\/1 has \d+ bytes instead of \d+$/,
  ],
  [
    'bundle of a parent',
    'missing',
    bundled,
    store => remove(store, /F\/bundle\/1$/),
    /F\/bundle\/1 is not in the store$/,
  ],
  [
    'bundle of a parent',
    'truncated',
    bundled,
    store => truncate(store, /F\/bundle\/1$/, 1_000_000),
    /truncated or overwritten: .*F\/bundle\/1 has \d+ bytes instead of \d+$/,
  ],
  [
    'file',
    'missing',
    plain,
    store => remove(store, /I\/pg_data\/backup_label$/),
    /I\/pg_data\/backup_label is not in the store$/,
  ],
  [
    'file',
    'truncated',
    plain,
    store => truncate(store, /I\/pg_data\/global\/pg_control$/),
    /truncated or overwritten: .*I\/pg_data\/global\/pg_control has 8191 bytes instead of 8192$/,
  ],
  [
    'files',
    'all missing',
    plain,
    store => remove(store, /\/pg_data\//),
    /\/pg_data\/\S+, \S+, \S+ and \d{3} more is not in the store$/,
  ],
  [
    'file of a parent',
    'missing',
    plain,
    store => remove(store, inheritedTable),
    /F\/pg_data\/base\/1\/1247 is not in the store$/,
  ],
  [
    'file of a parent',
    'truncated',
    plain,
    store => truncate(store, inheritedTable),
    /F\/pg_data\/base\/1\/1247 has \d+ bytes instead of \d+$/,
  ],
  [
    'WAL',
    'missing in the middle',
    plain,
    store => remove(store, new RegExp(`${segmentInTheMiddle}-`)),
    new RegExp(`^WAL ${segmentInTheMiddle} is not in the archive pg/archive/prod.postgresql/15-1$`),
  ],
  [
    'WAL',
    'truncated',
    plain,
    store => truncate(store, new RegExp(`${segmentInTheMiddle}-`)),
    new RegExp(`^WAL ${segmentInTheMiddle} \\(1048575 bytes\\) is truncated in the archive`),
  ],
  [
    'WAL',
    'only partial',
    plain,
    store => rename(store, segmentInTheMiddle, `${segmentInTheMiddle}.partial`),
    new RegExp(`^WAL ${segmentInTheMiddle} is only partial in the archive`),
  ],
  [
    'WAL',
    'archived by two primaries',
    plain,
    store => {
      const [key = ''] = keysLike(store, new RegExp(`${segmentInTheMiddle}-`))
      store.objects.set(key.replace(/-[0-9a-f]{40}/, `-${'0'.repeat(40)}`), {size: 1_048_576, text: ''})
    },
    new RegExp(`^WAL ${segmentInTheMiddle} is more than once in the archive .*: pgBackRest refuses to choose$`),
  ],
  [
    'WAL',
    'missing altogether',
    plain,
    store => remove(store, /\/15-1\/\w{16}\//),
    /^WAL 0\w+, 0\w+, 0\w+ and 14 more is not in the archive/,
  ],
  [
    'archive.info',
    'missing, with its copy',
    bundled,
    store => remove(store, /archive\.info/),
    /archive\.info is missing, and so is its copy$/,
  ],
  [
    'archive.info',
    'truncated, with its copy',
    bundled,
    shorten(/archive\.info/),
    /archive\.info (was cut off|cannot be read)/,
  ],
  [
    'archive.info',
    'with a wrong checksum, as its copy',
    bundled,
    flip(/archive\.info/, 130),
    /archive\.info has a wrong checksum/,
  ],
]

function rename(store: MemoryStore, from: string, to: string): void {
  const [key = ''] = keysLike(store, new RegExp(`${from}-`))
  store.objects.set(key.replace(from, to), store.objects.get(key) ?? {size: 0, text: ''})
  store.objects.delete(key)
}

for (const [marker, how, repository, damage, problem] of damages)
  test(`S2.13 ${marker} ${how}: the backup is not proved, and the message says what and where`, async () => {
    const evidence = await repository.verify(damage)
    assert(evidence.kind === 'broken', evidence.message)
    assert.match(evidence.problems.join('; '), problem)
  })

const timelines = new RecordedRepository('timelines')

test('S2.13 a backup of a later timeline is proved with the WAL of that timeline, and named is a history that is gone', async () => {
  const expect = {type: 'Incremental'} as const
  const evidence = await timelines.verify(() => undefined, {expect})
  assert(evidence.kind === 'complete', evidence.message)
  assert.equal(evidence.timeline, '2')
  assert.deepEqual(evidence.notes, [])
  const without = await timelines.verify(store => remove(store, /00000002\.history/), {expect})
  assert.equal(without.kind, 'complete')
  assert.match(
    without.message,
    /15-1\/00000002\.history does not exist: points in time of other timelines may be out of reach$/,
  )
  const lost = await timelines.verify(store => remove(store, /000000020{14}06-/), {expect})
  assert(lost.kind === 'broken', lost.message)
  assert.deepEqual(lost.problems, [`WAL 000000020000000000000006 is not in the archive ${timelines.archive}/15-1`])
})

/** Objects that a restore of the backup does without, and why their loss is not an error. */
const dispensable: readonly [objects: RegExp, why: string][] = [
  [/backup\.manifest\.copy$/, 'pgBackRest needs it only to resume a backup that was cut short'],
  [/\/backup\.history\//, 'kept for reports only'],
  [/\.backup$/, "PostgreSQL's own note of the backup, which backup_label repeats"],
  [/\/backup\.log$/, "the charm's log; the status then names none"],
]

/** Objects that have a double, or are no part of the backup; the message says that they are gone. */
const noted = /\/(backup|archive)\.info(\.copy)?$|model-uuid\.txt$/

type RecordedBackup = RecordedRepository['full']

/** What the backup needs, according to the manifests themselves, read here without the product. */
function needed({recording, directory}: RecordedRepository, backup: RecordedBackup): ReadonlySet<string> {
  const manifestOf = (label: string): string => `${directory}/${label}/backup.manifest`
  const manifest = recording.objects[manifestOf(backup.label)]?.text ?? ''
  const files = manifest.slice(manifest.indexOf('[target:file]\n') + 14, manifest.indexOf('\n[target:file:default]'))
  const ending = manifest.includes('option-compress-type="zst"') ? '.zst' : ''
  const keys = files
    .trim()
    .split('\n')
    .flatMap(line => {
      const at = line.indexOf('={')
      const file = JSON.parse(line.slice(at + 1)) as {size: number; reference?: string; bni?: number}
      const name = file.bni === undefined ? `${line.slice(0, at)}${ending}` : `bundle/${file.bni}`
      return file.size === 0 ? [] : [`${directory}/${file.reference ?? backup.label}/${name}`]
    })
  const manifests = [backup.label, ...(backup.reference ?? [])].map(manifestOf)
  const {start, stop} = backup.archive
  const wal = Object.keys(recording.objects).filter(key => {
    const segment = /\/(\w{24})-/.exec(key)?.[1] ?? ''
    return segment >= (start ?? '') && segment <= (stop ?? '') && segment !== ''
  })
  return new Set([...keys, ...manifests, ...wal])
}

/** Older WAL, files and bundles that no file of the backup is in any more, later backups, and empty files. */
const ofOthers = /\/15-1\/|\/\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?\/(backup\.manifest$|bundle\/|pg_data\/)/

for (const [form, repository] of Object.entries({bundled, plain})) {
  const {full, differential, incremental, recording} = repository
  const keys = Object.keys(recording.objects)
  const backups = [full, differential, incremental].map(backup => ({backup, needs: needed(repository, backup)}))

  test(`S2.13 every object of the ${form} repository is needed, said to be gone, or known not to count`, () => {
    for (const {needs} of backups) {
      const others = keys.filter(key => !needs.has(key) && !noted.test(key) && !ofOthers.test(key))
      assert.deepEqual(
        others.filter(key => !dispensable.some(([objects]) => objects.test(key))),
        [],
      )
    }
  })

  test(`S2.13 property: the loss of any one object that a ${form} backup needs is found, and that of no other one counts`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...backups), fc.constantFrom(...keys), async ({backup, needs}, key) => {
        const question = {label: backup.label, expect: {modelUUID: recording.modelUUID}}
        const evidence = await repository.verify(store => void store.objects.delete(key), question)
        if (needs.has(key)) {
          assert(evidence.kind === 'broken', `${key}: ${evidence.message}`)
          const segment = /\/(\w{24})-/.exec(key)?.[1]
          assert(evidence.message.includes(segment ?? key), `${key}: ${evidence.message}`)
        } else {
          assert(evidence.kind === 'complete', `${key}: ${evidence.message}`)
          assert.equal(evidence.message.includes(key), noted.test(key), evidence.message)
        }
      }),
      {numRuns: 60},
    )
  })
}

test('S2.13 property: any changed byte of a manifest is found', async () => {
  const manifests = keysLike(bundled.store(), /backup\.manifest$/)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...manifests),
      fc.nat(),
      fc.integer({min: 1, max: 126}),
      async (key, place, by) => {
        const evidence = await bundled.verify(store =>
          store.edit(key, text => {
            const at = place % (text.length - 1)
            const other = String.fromCharCode((text.charCodeAt(at) + by) % 127)
            return text.slice(0, at) + other + text.slice(at + 1)
          }),
        )
        assert(evidence.kind === 'broken', evidence.message)
        assert(evidence.message.includes(key), evidence.message)
      },
    ),
    {numRuns: 40},
  )
})
