import {done} from './control-command.ts'
import type {ControlOperations} from './control-command.ts'
import {newcomers} from './world/application.ts'

const nextHooks = ['install', 'upgrade-charm', 'stop'] as const

/** What only the simulator has: its call log, other people, and units that live. */
export const worldOperations: ControlOperations = {
  calls: {does: 'every call so far, passwords left out', run: ({calls}) => calls.all},
  enqueue: {
    does: 'somebody else (user: admin) enqueues action with parameters on unit',
    run: ({control}, {model, unit = '', action = '', parameters = {}, user}) => ({
      task: control.model(model).enqueue(unit, action, parameters, user),
    }),
  },
  stranger: {
    does: 'somebody else (user) does action with parameters about every so many ms (an hour), on app or anywhere',
    run: ({control}, {model, action = 'list-backups', parameters = {}, every = 3_600_000, app, user}) => {
      const whose = {...(app === undefined ? {} : {application: app}), ...(user === undefined ? {} : {user})}
      control.model(model).life.stranger({action, parameters, every, ...whose})
      return done()
    },
  },
  hold: {
    does: 'tasks for unit stay pending',
    run: ({control}, {model, unit = ''}) => done(control.model(model).holdUnit(unit)),
  },
  release: {
    does: 'the end of hold',
    run: ({control}, {model, unit = ''}) => done(control.model(model).releaseUnit(unit)),
  },
  'kill-agent': {
    does: 'the machine of unit dies; if it led, another unit leads a minute later',
    run: ({control}, {model, unit = ''}) => done(control.model(model).life.killAgent(unit)),
  },
  'revive-agent': {
    does: 'the machine of unit is back; what ran there has failed',
    run: async ({control}, {model, unit = ''}) => done(await control.model(model).life.reviveAgent(unit)),
  },
  'fail-hook': {
    does: 'hook (config-changed) of unit has just failed',
    run: ({control}, {model, unit = '', hook = 'config-changed'}) =>
      done(control.model(model).life.failHook(unit, hook)),
  },
  'fail-next-hook': {
    does: `hook (${nextHooks.join(', ')}) of unit fails when it comes`,
    run: ({control}, {model, unit = '', hook = ''}) => {
      const known = nextHooks.find(name => name === hook)
      if (known === undefined) throw new Error(`hook is one of ${nextHooks.join(', ')}, not ${JSON.stringify(hook)}`)
      return done(control.model(model).life.failNextHook(unit, known))
    },
  },
  resolve: {
    does: 'what made a hook of unit fail is mended',
    run: async ({control}, {model, unit = ''}) => done(await control.model(model).life.resolve(unit)),
  },
  'lose-leader': {
    does: 'nobody leads app',
    run: ({control}, {model, app = ''}) => done(control.model(model).setLeader(app, undefined)),
  },
  'add-unit': {
    does: 'app has one more unit at once',
    run: async ({control}, {model, app = ''}) => ({unit: await control.model(model).addUnit(app)}),
  },
  'remove-unit': {
    does: 'unit is gone at once',
    run: async ({control}, {model, unit = ''}) => done(await control.model(model).removeUnit(unit)),
  },
  'start-unit': {
    does: 'app gets one more unit, which comes up over time',
    run: ({control}, {model, app = ''}) => ({unit: control.model(model).life.startUnit(app)}),
  },
  newcomers: {
    does: `what becomes of units that app gets: status (${newcomers.join(', ')})`,
    run: ({control}, {model, app = '', status = ''}) => {
      const known = newcomers.find(name => name === status)
      if (known === undefined)
        throw new Error(`status is one of ${newcomers.join(', ')}, not ${JSON.stringify(status)}`)
      return done(control.model(model).life.setNewcomers(app, known))
    },
  },
  'end-succession': {
    does: 'when the leader of app is gone, nobody leads',
    run: ({control}, {model, app = ''}) => done(control.model(model).life.endSuccession(app)),
  },
  'start-removal': {
    does: 'unit goes, over time',
    run: ({control}, {model, unit = ''}) => done(control.model(model).life.startRemoval(unit)),
  },
  scale: {
    does: 'app on Kubernetes is scaled to count, over time',
    run: ({control}, {model, app = '', count = 1}) => done(control.model(model).life.scale(app, count)),
  },
  refresh: {
    does: 'app gets the charm with the URL charm, which the model holds; units take it up over time',
    run: ({control}, {model, app = '', charm = ''}) => {
      const held = control.model(model)
      const found = held.model.charms.get(charm)
      if (found === undefined)
        throw new Error(`the model has no charm ${charm}, but ${held.model.charms.urls.join(', ')}`)
      return done(held.life.refresh(app, found))
    },
  },
  'remove-application': {
    does: 'app is gone at once, with its relations',
    run: async ({control}, {model, app = ''}) => {
      await control.model(model).life.removeApplication(app)
      return done()
    },
  },
  deploy: {
    does: 'app with count (3) units of the charm with the URL charm, which the model holds; related as ends says',
    run: async ({control}, {model, app = '', charm = '', count = 3, ends}) => {
      const held = control.model(model)
      const found = held.model.charms.get(charm)
      if (found === undefined)
        throw new Error(`the model has no charm ${charm}, but ${held.model.charms.urls.join(', ')}`)
      return done(await held.life.deploy({name: app, charm: found, units: count}, ends === undefined ? [] : [ends]))
    },
  },
  relate: {
    does: 'ends: two "application:endpoint" are related',
    run: async ({control}, {model, ends = ['', '']}) => ({relation: await control.model(model).relate(...ends)}),
  },
  unrelate: {
    does: 'relation is gone',
    run: async ({control}, {model, relation = -1}) => done(await control.model(model).unrelate(relation)),
  },
  prune: {
    does: 'operations that have ended are forgotten',
    run: ({control}, {model}) => done(control.model(model).pruneOperations()),
  },
}
