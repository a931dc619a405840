import assert from 'node:assert/strict'
import type {ModelSession} from '../../../../src/juju/model-session.ts'
import {exec, relationSetCommand, type ExecRequest} from '../../../../src/juju/exec.ts'
import {publishedData} from '../../../../src/juju/relations.ts'
import type {TaskInfo} from '../../../../src/juju/tasks.ts'
import {application, integrator, isRefused, unit, type Check, type World} from './world.ts'

async function ran(world: World, request: Omit<ExecRequest, 'timeoutMs'>): Promise<TaskInfo> {
  const made = await exec(world.modeladmin, {...request, timeoutMs: 30_000})
  return world.finished(made.taskID, world.modeladmin)
}

async function relationOf(session: ModelSession): Promise<number> {
  const {relations} = await session.fullStatus()
  const found = relations.find(({endpoints}) => endpoints.some(({endpoint}) => endpoint === 's3-parameters'))
  assert.ok(found !== undefined)
  return found.id
}

async function published(world: World, name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const {viewer, serverVersion} = world
  const [status, relationID] = [await viewer.fullStatus(), await relationOf(viewer)]
  return (await publishedData(viewer, {serverVersion, status, relationID, application: name})).application
}

/** Commands in the hook context of units, and what they write into relations. */
export function databags(check: Check): void {
  check('a command runs on a unit, and is followed like an action', async world => {
    const task = await ran(world, {unit, command: 'hostname'})
    assert.deepEqual([task.status, task.receiver, task.action], ['completed', unit, 'juju-exec'])
    assert.equal(Number(task.output['return-code']), 0)
    assert.match(JSON.stringify(task.output['stdout'] ?? ''), /\w/)
  })

  check('a command that fails says how it ended', async world => {
    const task = await ran(world, {unit, command: 'false'})
    assert.equal(Number(task.output['return-code']), 1)
  })

  check('a command for the leader runs on the leader', async world => {
    const {applications} = await world.viewer.fullStatus()
    const leading = applications.get(application)?.units.find(({leader}) => leader)?.name
    assert.equal((await ran(world, {unit: `${application}/leader`, command: 'true'})).receiver, leading)
  })

  check('what both sides have published is read, each from its own side', async world => {
    const [own, other] = [await published(world, application), await published(world, integrator)]
    assert.equal(other?.['bucket'], 'backups')
    assert.equal(own?.['bucket'], undefined)
  })

  check('a databag is written through the leader, awkward characters and all, and its key removed', async world => {
    const value = `it's "quoted" $HOME \\ and; more & more`
    const relationID = await relationOf(world.viewer)
    const write = async (values: Readonly<Record<string, string>>): Promise<void> => {
      const command = relationSetCommand({relationID, app: true, values})
      const task = await ran(world, {unit: `${application}/leader`, command})
      assert.deepEqual([task.status, Number(task.output['return-code'])], ['completed', 0], task.message)
    }
    const before = await published(world, application)
    await write({'contract-key': value})
    assert.deepEqual(await published(world, application), {...before, 'contract-key': value})
    assert.equal((await published(world, integrator))?.['contract-key'], undefined)
    await write({'contract-key': ''})
    assert.deepEqual(await published(world, application), before)
  })

  check('nobody below an administrator of the model runs a command', async world => {
    const request = {unit, command: 'hostname', timeoutMs: 1000}
    for (const session of [world.operator, world.viewer]) await assert.rejects(exec(session, request), isRefused)
  })
}
