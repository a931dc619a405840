import assert from 'node:assert/strict'
import {createSecret, findSecret, grantSecret, updateSecret} from '../../../../src/juju/secrets.ts'
import {setConfig, unsetConfig} from '../../../../src/juju/settings.ts'
import {integrator, isRefused, saysNotFound, secretReader, type Check, type World} from './world.ts'

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

  check('a secret is found again by its label, also by who may only read, and another label is not', async world => {
    const uri = await createSecret(world.operator, {label: 'found', description: 'keys of a store', content})
    await createSecret(world.operator, {label: 'found-not', description: '', content})
    assert.deepEqual(await findSecret(world.viewer, 'found'), [{uri, description: 'keys of a store'}])
    assert.deepEqual(await findSecret(world.operator, 'nobody-made-it'), [])
  })

  check('unknown secrets and applications are not found', async world => {
    await assert.rejects(updateSecret(world.operator, {label: 'ghost'}, content), saysNotFound)
    await assert.rejects(grantSecret(world.operator, {label: 'ghost', applications: [integrator]}), saysNotFound)
    const malformed = updateSecret(world.operator, {uri: 'secret:x'}, content)
    await assert.rejects(malformed, {name: 'JujuError', code: 'not valid'})
    await createSecret(world.operator, {label: 'ungranted', description: '', content})
    await assert.rejects(grantSecret(world.operator, {label: 'ungranted', applications: ['ghost']}), saysNotFound)
  })

  check('a charm reads the secret that an option names once its application was granted it', async world => {
    await setConfig(world.operator, secretReader, {credentials: unknownURI})
    await untilReaderSays(world, 'blocked', `The secret '${unknownURI}' does not exist`)
    const uri = await createSecret(world.operator, {label: 'keys', description: '', content})
    await setConfig(world.operator, secretReader, {credentials: uri})
    await untilReaderSays(world, 'blocked', `The secret '${uri}' has not been granted to the charm`)
    await unsetConfig(world.operator, secretReader, ['credentials'])
    await untilReaderSays(world, 'blocked', "Missing config(s): 'credentials'")
    await grantSecret(world.operator, {uri, applications: [secretReader]})
    await setConfig(world.operator, secretReader, {credentials: uri})
    await untilReaderSays(world, 'active', '')
  })

  check('a reader makes, changes and grants no secret', async world => {
    const secret = {label: 'viewers', description: '', content}
    await assert.rejects(createSecret(world.viewer, secret), isRefused)
    await assert.rejects(updateSecret(world.viewer, {label: 'contract'}, content), isRefused)
    await assert.rejects(grantSecret(world.viewer, {label: 'contract', applications: [integrator]}), isRefused)
  })
}

/** A secret that nobody made. */
const unknownURI = 'secret:9m4e2mr0ui3e8a215n4g'

async function untilReaderSays(world: World, status: string, message: string): Promise<void> {
  await world.statusWhen(`${secretReader} is ${status}: ${message}`, ({applications}) => {
    const workload = applications.get(secretReader)?.units[0]?.workload
    return workload?.status === status && workload.message === message
  })
}
