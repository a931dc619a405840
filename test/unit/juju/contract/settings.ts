import assert from 'node:assert/strict'
import {JujuError} from '../../../../src/juju/errors.ts'
import {setConfig, unsetConfig} from '../../../../src/juju/settings.ts'
import {application, integrator, isRefused, type Check} from './world.ts'

/** Settings that are changed. */
export function settings(check: Check): void {
  check('options are set as text, of every type, and put back to their defaults', async world => {
    const before = await world.operator.applicationGet(application)
    await setConfig(world.operator, application, {profile: 'testing', synchronous_mode_strict: 'false', trust: 'true'})
    const set = await world.viewer.applicationGet(application)
    assert.deepEqual(set.settings.get('profile'), {type: 'string', source: 'user', value: 'testing'})
    assert.deepEqual(set.settings.get('synchronous_mode_strict')?.value, false)
    assert.equal(set.trust, true)
    await setConfig(world.operator, application, {trust: 'false'})
    await unsetConfig(world.operator, application, ['profile', 'synchronous_mode_strict'])
    const after = await world.viewer.applicationGet(application)
    assert.deepEqual(after.settings, before.settings)
  })

  check('an option that is set leaves the others alone', async world => {
    await setConfig(world.operator, integrator, {path: '/elsewhere'})
    const {settings: all} = await world.viewer.applicationGet(integrator)
    assert.deepEqual([all.get('path')?.value, all.get('bucket')?.value], ['/elsewhere', 'backups'])
    await setConfig(world.operator, integrator, {path: '/pg'})
  })

  check('what Juju refuses to set is an error, and sets nothing of what came with it', async world => {
    const refused: readonly [application: string, values: Record<string, string>][] = [
      [application, {bogus: 'x', profile: 'testing'}],
      [application, {synchronous_mode_strict: 'not-a-boolean', profile: 'testing'}],
      ['ghost', {profile: 'testing'}],
    ]
    for (const [name, values] of refused) {
      await assert.rejects(setConfig(world.operator, name, values), JujuError, JSON.stringify(values))
    }
    const {settings: all} = await world.viewer.applicationGet(application)
    assert.equal(all.get('profile')?.source, 'default')
    await assert.rejects(unsetConfig(world.operator, 'ghost', ['profile']), {name: 'JujuError', code: 'not found'})
  })

  check('S2.10 a value that Juju refuses is not in the error', async world => {
    const secret = 'ZZ-secret-value-7Z'
    await assert.rejects(
      setConfig(world.operator, application, {synchronous_mode_strict: secret}),
      (error: unknown) => {
        return error instanceof JujuError && !error.message.includes(secret)
      },
    )
  })

  check('a reader sets nothing', async world => {
    await assert.rejects(setConfig(world.viewer, application, {profile: 'testing'}), isRefused)
    await assert.rejects(unsetConfig(world.viewer, application, ['profile']), isRefused)
  })
}
