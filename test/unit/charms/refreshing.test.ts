import assert from 'node:assert/strict'
import {test} from 'node:test'
import {refreshEvidence, type RefreshView} from '../../../src/charms/refreshing.ts'

const charmURL = 'ch:amd64/postgresql-952'
const unit = (message = 'Primary', own = ''): RefreshView['units'][number] => ({
  name: 'postgresql/0',
  charmURL: own,
  workload: {message},
})
const view = (message: string, ...units: RefreshView['units']): RefreshView => ({charmURL, status: {message}, units})

const shown: readonly [string, RefreshView][] = [
  ['version 3, machines', view('Refreshing. To rollback, `juju refresh --revision 900`')],
  [
    'version 3, paused',
    view('Refreshing. Check units >=1 are healthy & run `resume-refresh` on leader. To rollback, see docs'),
  ],
  ['version 3, at its beginning', view('Determining if a refresh is in progress')],
  ['version 3, incompatible', view('Refresh incompatible. Rollback with `juju refresh --revision 900`')],
  [
    'version 2',
    view('Upgrading. Verify highest unit is healthy & run `resume-upgrade` action. To rollback, `juju refresh`'),
  ],
  ['version 2, incompatible', view('Upgrade incompatible. Rollback to previous revision with `juju refresh`')],
  ['a unit of machines', view('', unit('PostgreSQL 16.9 running; Snap revision 212 (outdated); Charm revision 900'))],
  ['a unit of Kubernetes', view('', unit('PostgreSQL 16.9 running (restart pending); Charm revision 900'))],
  ['a router', view('', unit('Router 8.0 running; Snap rev 12 (outdated); Charmed operator 3'))],
  ['a unit that failed its check', view('', unit('Rollback with `juju refresh`. Pre-refresh check failed: no backup'))],
  ['a unit with an older charm, on Juju 3', view('', unit('Primary', 'ch:amd64/postgresql-900'))],
]

for (const [what, application] of shown)
  test(`S1.33 a refresh is seen: ${what}`, () => {
    assert.ok(refreshEvidence(application) !== undefined)
  })

const quiet: readonly [string, RefreshView][] = [
  ['an active application', view('', unit(), unit('Replica', charmURL))],
  ['a backup', view('', unit('creating backup'))],
  ['a charm that is blocked', view('blocked: the S3 repository has backups from another cluster', unit(''))],
]

for (const [what, application] of quiet)
  test(`S1.33 no refresh is seen: ${what}`, () => {
    assert.equal(refreshEvidence(application), undefined)
  })
