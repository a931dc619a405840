import assert from 'node:assert/strict'
import {createSecret, grantSecret, updateSecret} from '../../../../src/juju/secrets.ts'
import {integrator, isRefused, saysNotFound, type Check} from './world.ts'

const content = {'access-key': 'AKIA-contract', 'secret-key': 'line one\nline "two"'}

/** Juju before 3.3 has none. */
export function noUserSecrets(check: Check): void {
  check('secrets are Unsupported before Juju 3.3, and the message names both ranges', async world => {
    await assert.rejects(createSecret(world.operator, {label: 'contract', description: '', content}), {
      name: 'Unsupported',
      message: 'Charmkeeper needs facade Secrets in version 2, the controller offers 1',
    })
  })
}

/** Secrets of the model, as a person makes them. */
export function userSecrets(check: Check): void {
  check(
    'a secret is made, found by its label or its URI, changed and granted, each again without harm',
    async world => {
      const uri = await createSecret(world.operator, {label: 'contract', description: 'keys of a store', content})
      assert.match(uri, /^secret:\w+$/)
      await updateSecret(world.operator, {label: 'contract'}, {...content, 'access-key': 'AKIA-other'})
      await updateSecret(world.operator, {uri}, content)
      await grantSecret(world.operator, {uri, applications: [integrator]})
      await grantSecret(world.operator, {label: 'contract', applications: [integrator]})
    },
  )

  check('a label that is taken is refused, so that a secret is not made twice', async world => {
    await createSecret(world.operator, {label: 'taken', description: '', content})
    const again = createSecret(world.operator, {label: 'taken', description: '', content})
    await assert.rejects(again, {name: 'JujuError', code: 'already exists'})
  })

  check('unknown secrets and applications are not found', async world => {
    await assert.rejects(updateSecret(world.operator, {label: 'ghost'}, content), saysNotFound)
    await assert.rejects(grantSecret(world.operator, {label: 'ghost', applications: [integrator]}), saysNotFound)
    await createSecret(world.operator, {label: 'ungranted', description: '', content})
    await assert.rejects(grantSecret(world.operator, {label: 'ungranted', applications: ['ghost']}), saysNotFound)
  })

  check('a reader makes, changes and grants no secret', async world => {
    const secret = {label: 'viewers', description: '', content}
    await assert.rejects(createSecret(world.viewer, secret), isRefused)
    await assert.rejects(updateSecret(world.viewer, {label: 'contract'}, content), isRefused)
    await assert.rejects(grantSecret(world.viewer, {label: 'contract', applications: [integrator]}), isRefused)
  })
}
