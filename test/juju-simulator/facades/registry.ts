import type {CallContext, Facade} from '../rpc/context.ts'
import {action} from './action.ts'
import {annotations} from './annotations.ts'
import {application} from './application.ts'
import {block} from './block.ts'
import {charms} from './charms.ts'
import {client} from './client.ts'
import {modelConfig} from './model-config.ts'
import {controller, modelManager} from './models.ts'
import {resources} from './resources.ts'
import {secrets} from './secrets.ts'

const pinger: Facade = {Ping: {need: 'login', run: () => ({})}}

const stringsWatcher: Facade = {
  Next: {
    need: 'login',
    run: async ({peer, object}: CallContext) => ({'watcher-id': '', changes: await peer.watchers.next(object)}),
  },
  Stop: {
    need: 'login',
    run: ({peer, object}: CallContext) => {
      peer.watchers.stop(object)
      return {}
    },
  },
}

/** The methods that the simulator plays on a model's connection. Facades that it only lists have none. */
export const modelFacades: ReadonlyMap<string, Facade> = new Map([
  ['Action', action],
  ['Annotations', annotations],
  ['Application', application],
  ['Block', block],
  ['Charms', charms],
  ['Client', client],
  ['ModelConfig', modelConfig],
  ['Pinger', pinger],
  ['Resources', resources],
  ['Secrets', secrets],
  ['StringsWatcher', stringsWatcher],
])

/** The same on a controller's connection. */
export const controllerFacades: ReadonlyMap<string, Facade> = new Map([
  ['Controller', controller],
  ['ModelManager', modelManager],
  ['Pinger', pinger],
])
