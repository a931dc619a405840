import assert from 'node:assert/strict'
import {enqueue} from '../../../../src/juju/actions.ts'
import {charmOrigin} from '../../../../src/juju/charm-origin.ts'
import {connect} from '../../../../src/juju/connection.ts'
import {ConnectionLost} from '../../../../src/juju/errors.ts'
import {classify} from '../../../../src/juju/faults.ts'
import {ping} from '../../../../src/juju/facades/pinger.ts'
import {setConfig} from '../../../../src/juju/settings.ts'
import {fullStatus} from '../../../../src/juju/status.ts'
import {application, unit, type Check} from './world.ts'

/** A controller that is upgraded, or whose connections end. */
export function troubles(check: Check): void {
  check(
    'while the controller is upgraded the status can be read, and all else waits for the end of it',
    async world => {
      const {juju, deps} = world
      await juju.upgrading(true)
      try {
        const connection = await connect({target: world.targetOf('operator'), modelUUID: juju.modelUUID}, deps)
        assert.ok((await fullStatus(connection)).applications.has(application))
        await connection.call(ping, {})
        const waiting = {name: 'JujuError', code: 'upgrade in progress'}
        await assert.rejects(charmOrigin(connection, application), waiting)
        await assert.rejects(setConfig(connection, application, {profile: 'testing'}), waiting)
        const request = {unit, action: 'get-primary', parameters: {}}
        await assert.rejects(enqueue(connection, request), (error: unknown) => {
          const {reason, final} = classify(error)
          return reason === 'ControllerUpgrading' && !final
        })
        connection.close()
      } finally {
        await juju.upgrading(false)
      }
      assert.notEqual((await charmOrigin(world.operator, application)).url, '')
    },
  )

  check('S1.5 a connection that is cut is lost, with what was asked, and comes back by itself', async world => {
    const {operator} = world
    const lost = new Promise<void>(resolve => {
      const stop = operator.onState(({kind}) => {
        if (kind === 'connected') return
        stop()
        resolve()
      })
    })
    await world.juju.cutConnections()
    await lost
    await assert.rejects(operator.fullStatus(), ConnectionLost)
    await world.connected('operator')
    assert.ok((await operator.fullStatus()).applications.has(application))
  })
}
