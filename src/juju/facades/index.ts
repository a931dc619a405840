import * as action from './action.ts'
import * as admin from './admin.ts'
import * as annotations from './annotations.ts'
import * as application from './application.ts'
import type {Call} from './call.ts'
import * as charms from './charms.ts'
import * as client from './client.ts'
import * as controller from './controller.ts'
import * as modelManager from './model-manager.ts'
import * as pinger from './pinger.ts'
import * as stringsWatcher from './strings-watcher.ts'

/** Every call that Charmkeeper makes of Juju. */
export const allCalls: readonly Call[] = [
  admin.login,
  admin.loginWithClientCredentials,
  admin.redirectInfo,
  pinger.ping,
  modelManager.listModelSummaries,
  controller.controllerVersion,
  client.fullStatus,
  application.get,
  application.unitsInfo,
  charms.charmInfo,
  annotations.get,
  annotations.set,
  action.enqueueOperation,
  action.listOperations,
  action.operations,
  action.actions,
  action.cancel,
  action.watchActionsProgress,
  stringsWatcher.next,
  stringsWatcher.stop,
]
