/** Canonical's own JavaScript client on the simulated Jujus: what it accepts is not only our reading of the protocol. */
import assert from 'node:assert/strict'
import {after, before, suite, test} from 'node:test'
import {systemClock} from '../../../src/time/clock.ts'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {revisionOf} from '../../charms/revision.ts'
import {tellSeedOnFailure} from '../../juju-simulator/seed-on-failure.ts'
import {startSimulatedJuju, type SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {connectJujulib, type JujulibConnection} from '../../support/jujulib.ts'
import {jujulibStories} from './jujulib-stories.ts'

const pace = {allocate: 5, install: 5, remove: 5, upgrade: 5, lease: 5, grace: 1000}

for (const profile of ['3.6.14', '4.0.12'] as const)
  suite(`jujulib on ${profile}`, () => {
    let juju: SimulatedJuju | undefined
    let connection: JujulibConnection | undefined
    before(async () => {
      const {seed, charm} = memoryPostgresqlModel({clock: systemClock, durations: {full: 200, join: 5}})
      const charmhub = [charm, revisionOf(charm, {revision: charm.description.revision + 10})]
      juju = await startSimulatedJuju({profile, models: [seed], charmhub, pace, checksParams: false})
      connection = await connectJujulib(juju)
    })
    after(async () => {
      connection?.close()
      await juju?.stop()
    })
    test('is told the version', () => assert.equal(connection?.serverVersion, profile))
    for (const [sentence, story] of Object.entries(jujulibStories))
      test(sentence, async t => {
        assert.ok(juju !== undefined && connection !== undefined, 'this Juju did not start')
        tellSeedOnFailure(t, juju)
        await story({facades: connection.facades, cancels: profile === '3.6.14'})
      })
    test('asked for every backup once', () => assert.equal(juju?.calls.enqueued('create-backup').length, 2))
  })
