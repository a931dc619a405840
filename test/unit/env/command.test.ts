import {test} from 'node:test'
import {databaseCharmIds} from '../../charms/memory-database.ts'
import {parseOptions} from '../../env/command/options.ts'
import {clusterPaths, pgbackrestConfig, postgresConfig} from '../../env/postgres/settings.ts'

test('npm run env takes a command and a Juju, and says what it does not know', t => {
  t.assert.equal(parseOptions(['--help']), undefined)
  const options = parseOptions(['up', '--juju', 'real', '--dir', '/somewhere'])
  t.assert.deepEqual([options?.command, options?.juju, options?.directory], ['up', 'real', '/somewhere'])
  t.assert.match(parseOptions(['down'])?.directory ?? '', /\.env$/)
  t.assert.throws(() => parseOptions([]), /one command is needed: up, down, status, install/)
  t.assert.throws(() => parseOptions(['restart']), /the command is one of up, down, status, install, not restart/)
  t.assert.throws(() => parseOptions(['up', '--juju', '2.9']), /--juju is one of 3\.6\.14, 4\.0\.12, real, not 2\.9/)
  t.assert.throws(() => parseOptions(['up', '--jjuu', '2.9']), /--jjuu/)
})

for (const charm of databaseCharmIds)
  test(`npm run env offers --charm ${charm}`, t => {
    const options = parseOptions(['up', '--charm', charm])
    t.assert.deepEqual([options?.charm, options?.pooler], [charm, false])
    // Only PostgreSQL can be a real one.
    t.assert.equal(options?.simulated, !charm.startsWith('postgresql'))
    if (charm.startsWith('postgresql')) t.assert.equal(parseOptions(['up', '--charm', charm, '--pooler'])?.pooler, true)
    else t.assert.throws(() => parseOptions(['up', '--charm', charm, '--pooler']), /--pooler goes with PostgreSQL/)
  })

test('nobody plays PgBouncer beside the units of the real Juju', t => {
  const up = (charm: string) => parseOptions(['up', '--juju', 'real', '--pooler', '--charm', charm])
  t.assert.throws(() => up('postgresql-16'), /--pooler on machines needs a simulated Juju/)
  t.assert.equal(up('postgresql-k8s-16')?.pooler, true)
})

test('pgBackRest is told the store as the relation tells it, and keeps backups for ever unless told otherwise', t => {
  const paths = clusterPaths('/tmp/x')
  const repository = {
    endpoint: 'https://127.0.0.1:9443',
    region: 'us-east-1',
    bucket: 'backups',
    path: '/pg/',
    accessKey: 'key',
    secretKey: 'secret',
    uriStyle: 'path',
    caCertificate: 'PEM',
  } as const
  const text = pgbackrestConfig(paths, 'prod.postgresql', repository)
  for (const line of [
    'repo1-path=/pg',
    'repo1-s3-endpoint=127.0.0.1',
    'repo1-storage-port=9443',
    'repo1-s3-uri-style=path',
    'repo1-storage-ca-file=/tmp/x/s3-ca.pem',
    'repo1-retention-full=9999999',
    '[prod.postgresql]',
    'pg1-path=/tmp/x/data',
  ]) {
    t.assert.equal(text.split('\n').includes(line), true, `${line} in\n${text}`)
  }
  const {caCertificate: _, ...publicStore} = {...repository, endpoint: 'https://s3.amazonaws.com', retentionDays: 30}
  const other = pgbackrestConfig(paths, 'prod.postgresql', publicStore)
  t.assert.match(other, /repo1-storage-port=443\n/)
  t.assert.match(other, /repo1-retention-full=30\n/)
  t.assert.doesNotMatch(other, /storage-ca-file/)
})

test('PostgreSQL listens on no address', t => {
  const text = postgresConfig(clusterPaths('/tmp/x'), "echo 'a' %p")
  t.assert.match(text, /^listen_addresses=''$/m)
  t.assert.match(text, /^archive_command='echo ''a'' %p'$/m)
})
