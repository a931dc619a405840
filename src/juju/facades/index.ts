import * as action from './action.ts'
import * as admin from './admin.ts'
import * as annotations from './annotations.ts'
import * as applicationCharm from './application-charm.ts'
import * as applicationScale from './application-scale.ts'
import * as application from './application.ts'
import type {Call} from './call.ts'
import * as charms from './charms.ts'
import * as client from './client.ts'
import * as controller from './controller.ts'
import {destroyUnit} from './destroy-unit.ts'
import * as modelManager from './model-manager.ts'
import * as pinger from './pinger.ts'
import * as resources from './resources.ts'
import * as secrets from './secrets.ts'
import * as stringsWatcher from './strings-watcher.ts'

/** Every call that Charmkeeper makes of Juju. */
export const allCalls: readonly Call[] = [
  admin.login,
  admin.loginWithClientCredentials,
  admin.loginWithSessionToken,
  admin.redirectInfo,
  pinger.ping,
  controller.controllerVersion,
  modelManager.listModelSummaries,
  modelManager.modelInfo,
  client.fullStatus,
  application.get,
  application.setConfigs,
  application.unsetApplicationsConfig,
  application.charmRelations,
  application.applicationsInfo,
  application.unitsInfo,
  application.leader,
  applicationCharm.getCharmURLOrigin,
  applicationCharm.setCharm,
  applicationScale.addUnits,
  applicationScale.scaleApplications,
  destroyUnit,
  charms.charmInfo,
  charms.resolveCharms,
  charms.addCharm,
  charms.getDownloadInfos,
  resources.listResources,
  resources.addPendingResources,
  annotations.get,
  annotations.set,
  action.enqueueOperation,
  action.listOperations,
  action.operations,
  action.actions,
  action.cancel,
  action.run,
  action.watchActionsProgress,
  stringsWatcher.next,
  stringsWatcher.stop,
  secrets.listSecrets,
  secrets.createSecrets,
  secrets.updateSecrets,
  secrets.grantSecret,
]
