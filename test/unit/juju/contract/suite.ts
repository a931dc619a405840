import assert from 'node:assert/strict'
import {after, before, suite, test} from 'node:test'
import {tellSeedOnFailure} from '../../../juju-simulator/seed-on-failure.ts'
import {accesses} from './accesses.ts'
import {blocks} from './blocks.ts'
import {charmChanges} from './charm-changes.ts'
import {databags} from './databags.ts'
import {enqueues} from './enqueues.ts'
import {follows} from './follows.ts'
import {logins} from './logins.ts'
import {models} from './models.ts'
import {reads} from './reads.ts'
import {scales} from './scales.ts'
import {troubles} from './troubles.ts'
import {noUserSecrets, userSecrets} from './user-secrets.ts'
import {settings} from './settings.ts'
import {World, type Check, type JujuUnderTest} from './world.ts'

/** What is told of a Juju before it runs. */
export interface ContractOptions {
  /** how its versions begin */
  readonly version: RegExp
  /** Default true: people can make secrets, as in Juju 3.3 and newer. */
  readonly hasUserSecrets?: boolean
}

/** What the client relies on, the same on every Juju. */
export function jujuContract(
  name: string,
  {version, hasUserSecrets = true}: ContractOptions,
  start: () => Promise<JujuUnderTest>,
): void {
  // In this order: what changes a model for good comes last.
  const parts = [
    logins,
    models,
    reads,
    enqueues,
    follows,
    settings,
    hasUserSecrets ? userSecrets : noUserSecrets,
    databags,
    accesses(({facade}) => hasUserSecrets || facade !== 'Secrets'),
    blocks,
    charmChanges,
    scales,
    troubles,
  ]
  suite(name, () => {
    let world: World | undefined
    before(async () => {
      const fresh = (world = new World(await start(), version))
      await Promise.all(['operator', 'viewer', 'modeladmin'].map(user => fresh.connected(user)))
    })
    after(() => world?.stop())

    const check: Check = (sentence, prove) => {
      test(sentence, async t => {
        assert.ok(world !== undefined, 'this Juju did not start')
        const {seed} = world.juju
        if (seed !== undefined) tellSeedOnFailure(t, {seed})
        await prove(world)
      })
    }
    for (const part of parts) part(check)
  })
}
