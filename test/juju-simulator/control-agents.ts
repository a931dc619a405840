import type {WorkloadStatus} from '../charms/machine.ts'
import {done, ok} from './control-command.ts'
import type {ControlOperations} from './control-command.ts'
import {hasEnded} from './world/operations.ts'
import type {TaskStatus} from './world/operations.ts'

/** The commands that the real server's control port has too, with the same names and answers. */
export const agentOperations: ControlOperations = {
  tasks: {does: 'all tasks', run: ({control}, {model}) => control.model(model).tasks()},
  'open-tasks': {
    does: 'tasks that have not ended',
    run: ({control}, {model}) => {
      const held = control.model(model)
      return held.tasks().filter(({task}) => !hasEnded(held.task(task)))
    },
  },
  start: {
    does: 'task begins, without any charm code',
    run: ({control}, {model, task = ''}) => done(control.model(model).start(task)),
  },
  log: {
    does: 'task logs the lines of log',
    run: ({control}, {model, task = '', log = []}) => done(control.model(model).log(task, ...log)),
  },
  finish: {
    does: 'task ends with status (completed), message and results',
    run: ({control}, {model, task = '', status = 'completed', message = '', results = {}}) =>
      done(control.model(model).finish(task, {status: status as TaskStatus, message, results})),
  },
  units: {does: 'the units of app', run: ({control}, {model, app = ''}) => control.model(model).units(app)},
  application: {
    does: 'charm, scale, units, options and relations of app',
    run: ({control}, {model, app = ''}) => {
      const held = control.model(model)
      const {charmUrl, scale} = held.application(app)
      return {
        charm: charmUrl,
        downloaded: true,
        scale,
        units: held.units(app),
        config: held.application(app).settings(),
        relations: held.relations(app),
      }
    },
  },
  'unit-status': {
    does: 'unit shows status, agent, or both, with message',
    run: ({control}, {model, unit = '', status = '', agent = '', message = ''}) => {
      if (agent !== '') control.model(model).setAgentStatus(unit, agent, message)
      if (status !== '') control.model(model).setUnitStatus(unit, status as WorkloadStatus, message)
      return ok
    },
  },
  leader: {
    does: 'unit leads its application',
    run: ({control}, {model, unit = ''}) => done(control.model(model).setLeader(unit.replace(/\/\d+$/, ''), unit)),
  },
  config: {
    does: 'the options of app',
    run: ({control}, {model, app = ''}) => control.model(model).application(app).settings(),
  },
  'set-config': {
    does: 'app gets the options in data',
    run: async ({control}, {model, app = '', data = {}}) => done(await control.model(model).setConfig(app, data)),
  },
  relations: {
    does: 'the relations of app with what both sides published',
    run: ({control}, {model, app = ''}) => control.model(model).relations(app),
  },
  publish: {
    does: 'app publishes data in relation',
    run: ({control}, {model, app = '', relation = -1, data = {}}) =>
      done(control.model(model).publish(app, relation, data)),
  },
  upgrading: {
    does: 'status: on or off; the controller is being upgraded',
    run: ({faults}, {status}) => done(faults.upgrade(status === 'on')),
  },
}
