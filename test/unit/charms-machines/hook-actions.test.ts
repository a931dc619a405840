import assert from 'node:assert/strict'
import {test} from 'node:test'
import {HookActions, withHookActions} from '../../charms/hook-actions.ts'
import {memoryPostgresqlModel} from '../../charms/postgresql-model.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'
import {Story} from './story.ts'

test('a charm with hook actions plays them beside its own, as it is told', async t => {
  const clock = new VirtualClock()
  const hooks = new HookActions()
  const {seed} = memoryPostgresqlModel({clock})
  const applications = seed.applications.map(application =>
    application.name === 'postgresql'
      ? {...application, charm: withHookActions(application.charm, hooks)}
      : application,
  )
  const story = await Story.begin(t, {profile: '3.6.14', clock, seed: {...seed, applications}})
  const ran = await story.run('postgresql/1', 'resume', {mode: 'slow'})
  assert.deepEqual(ran.output, {state: 'resume', 'return-code': 0})
  hooks.takes.set('pause', 90_000)
  const pausing = await story.enqueue('postgresql/0', 'pause')
  await clock.advance(89_000)
  assert.equal((await story.task(pausing)).status, 'running')
  assert.equal((await story.ended(pausing)).status, 'completed')
  assert.deepEqual(hooks.played, [
    {unit: 'postgresql/1', action: 'resume', parameters: {mode: 'slow'}},
    {unit: 'postgresql/0', action: 'pause', parameters: {}},
  ])
  const refused = await story.run('postgresql/0', 'quiesce')
  assert.deepEqual([refused.status, refused.message], ['failed', 'clients are still connected'])
  hooks.raising.set('resume', 'OSError: no space left on device')
  assert.equal((await story.run('postgresql/0', 'resume')).message, 'exit status 1')
  assert.equal((await story.run('postgresql/0', 'get-primary')).output['primary'], 'postgresql/0')
})
