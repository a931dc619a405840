import assert from 'node:assert/strict'
import {z} from 'zod'
import {charmOrigin, setCharm} from '../../../../src/juju/charm-origin.ts'
import type {Caller} from '../../../../src/juju/connection.ts'
import {exec} from '../../../../src/juju/exec.ts'
import {addUnits} from '../../../../src/juju/scaling.ts'
import {setConfig, unsetConfig} from '../../../../src/juju/settings.ts'
import {application, unit, type Check} from './world.ts'

/** `juju disable-command` and `enable-command`: not a call of the client. */
function switchBlock(caller: Caller, method: 'SwitchBlockOn' | 'SwitchBlockOff'): Promise<unknown> {
  const params = z.object({type: z.string(), message: z.string()})
  const call = {facade: 'Block', versions: [2], method, needs: 'write', params, result: z.unknown()} as const
  return caller.call(call, {type: 'BlockChange', message: 'frozen over the holidays'})
}

/** A model whose administrator has disabled commands. */
export function blocks(check: Check): void {
  check('while commands are disabled changes are refused with that code, and actions are not', async world => {
    const {operator, modeladmin} = world
    const source = await charmOrigin(operator, application)
    await switchBlock(modeladmin, 'SwitchBlockOn')
    try {
      const blocked = {name: 'JujuError', code: 'operation is blocked', message: /frozen over the holidays/}
      await assert.rejects(setConfig(operator, application, {profile: 'testing'}), blocked)
      await assert.rejects(unsetConfig(operator, application, ['profile']), blocked)
      await assert.rejects(setCharm(operator, {application, ...source}), blocked)
      await assert.rejects(addUnits(operator, {application, count: 1}), blocked)
      await assert.rejects(exec(modeladmin, {unit, command: 'true', timeoutMs: 1000}), blocked)
      const {taskID} = await operator.enqueue({unit, action: 'get-primary', parameters: {}})
      assert.equal((await world.finished(taskID)).status, 'completed')
    } finally {
      await switchBlock(modeladmin, 'SwitchBlockOff')
    }
    await unsetConfig(operator, application, ['profile'])
  })
}
