import assert from 'node:assert/strict'
import {charmOrigin} from '../../../../src/juju/charm-origin.ts'
import {listModelSummaries} from '../../../../src/juju/facades/model-manager.ts'
import {application, type Check} from './world.ts'

/** Who may log in, what they may do then, and what a refusal is called. */
export function logins(check: Check): void {
  check('S5.26 a login tells version, controller and the rights of the user', world => {
    const {state} = world.operator
    assert.equal(state.kind, 'connected')
    if (state.kind !== 'connected') return
    assert.match(state.serverVersion, world.version)
    assert.deepEqual(
      [state.controllerUUID, state.user, state.modelAccess, state.endpoint],
      [world.juju.controllerUUID, 'operator', 'write', world.juju.endpoint],
    )
  })

  check('S5.26 each user has the access that it was granted; a superuser has all', async world => {
    const granted = {viewer: 'read', operator: 'write', modeladmin: 'admin', admin: 'admin'}
    for (const [user, access] of Object.entries(granted)) {
      const {state} = await world.connected(user)
      assert.equal(state.kind === 'connected' && state.modelAccess, access, user)
    }
  })

  check('a wrong password, and an unknown user, are CredentialsRejected', async world => {
    const wrong = {kind: 'password', username: 'operator', password: 'wrong'} as const
    assert.equal(await world.reasonOf(world.targetOf('operator', {credentials: wrong})), 'CredentialsRejected')
    const unknown = {kind: 'password', username: 'ghost', password: 'x'} as const
    assert.equal(await world.reasonOf(world.targetOf('operator', {credentials: unknown})), 'CredentialsRejected')
  })

  check("the login of JAAS is refused by Juju's own controllers", async world => {
    const credentials = {kind: 'client', clientId: 'id', clientSecret: 'secret'} as const
    assert.equal(await world.reasonOf(world.targetOf('operator', {credentials})), 'CredentialsRejected')
  })

  check('a model that is not there, or hidden from the user, is refused', async world => {
    const absent = await world.reasonOf(world.targetOf('operator'), '00000000-0000-4000-8000-000000000000')
    assert.ok(['ModelNotFound', 'CredentialsRejected'].includes(absent), absent)
    const hidden = await world.reasonOf(world.targetOf('nobody'))
    assert.ok(['InsufficientAccess', 'CredentialsRejected'].includes(hidden), hidden)
  })

  check('a call on the wrong kind of connection is Unsupported, and names the facade', async world => {
    const wrong = world.onController('operator', controller => charmOrigin(controller, application))
    await assert.rejects(wrong, {name: 'Unsupported', message: /facade Application/})
    await assert.rejects(world.operator.call(listModelSummaries, {'user-tag': 'user-operator'}), {
      name: 'Unsupported',
      message: /facade ModelManager/,
    })
  })
}
