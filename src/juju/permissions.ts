import {
  actions,
  cancel,
  enqueueOperation,
  listOperations,
  operations,
  run,
  watchActionsProgress,
} from './facades/action.ts'
import * as annotations from './facades/annotations.ts'
import {getCharmURLOrigin, setCharm} from './facades/application-charm.ts'
import {addUnits, scaleApplications} from './facades/application-scale.ts'
import {
  applicationsInfo,
  charmRelations,
  get,
  leader,
  setConfigs,
  unitsInfo,
  unsetApplicationsConfig,
} from './facades/application.ts'
import type {Call, Need} from './facades/call.ts'
import {addCharm, charmInfo, getDownloadInfos, resolveCharms} from './facades/charms.ts'
import {fullStatus} from './facades/client.ts'
import {controllerVersion} from './facades/controller.ts'
import {destroyUnit} from './facades/destroy-unit.ts'
import {listModelSummaries, modelInfo} from './facades/model-manager.ts'
import {ping} from './facades/pinger.ts'
import {addPendingResources, listResources} from './facades/resources.ts'
import {createSecrets, grantSecret, listSecrets, updateSecrets} from './facades/secrets.ts'
import {next, stop} from './facades/strings-watcher.ts'

/** Something that the client can do for its user, and the calls that it takes. */
export interface Feature {
  readonly name: string
  readonly says: string
  /** the operator does it, or the client alone can so far */
  readonly usedBy: 'operator' | 'client'
  readonly calls: readonly Call[]
}

const connecting = [listModelSummaries, controllerVersion, ping]
const watching = [fullStatus, listOperations, operations, actions]
const following = [watchActionsProgress, next, stop]
const inspecting = [get, applicationsInfo, charmRelations, unitsInfo, leader, charmInfo, getCharmURLOrigin]
const acting = [...watching, get, charmInfo, enqueueOperation]
const accounting = [annotations.get, annotations.set]

/** Every feature by what it needs of Juju. The access comes from the calls, see `leastAccess`. */
export const features = {
  connect: {
    name: 'Finding the model',
    says: 'lists the models that the user sees, asks for versions, keeps the connection',
    usedBy: 'operator',
    calls: connecting,
  },
  status: {
    name: 'Status',
    says: "reads the model, its running tasks, the actions of its charms, and an integrator's settings",
    usedBy: 'operator',
    calls: [...watching, get, charmInfo, annotations.get],
  },
  inspect: {
    name: 'Looking closer',
    says: "reads where a model is, relations and their data, where a charm comes from, its resources, and a task's log as it grows",
    usedBy: 'client',
    calls: [modelInfo, ...inspecting, listResources, ...following],
  },
  claim: {
    name: 'Claim and ledger',
    says: 'writes into the model that this Charmkeeper works in it, and which requests have run',
    usedBy: 'operator',
    calls: accounting,
  },
  inventory: {
    name: 'Inventory, verification',
    says: 'runs read-only actions of the charm, such as list-backups: Juju lets nobody without write access run any action',
    usedBy: 'operator',
    calls: acting,
  },
  backup: {
    name: 'Backup',
    says: "runs the charm's backup action",
    usedBy: 'operator',
    calls: [...acting, ...accounting],
  },
  cancel: {name: 'Cancel', says: 'asks Juju to end a task', usedBy: 'operator', calls: [cancel, actions]},
  restore: {
    name: 'Restore',
    says: "runs the charm's restore action",
    usedBy: 'client',
    calls: [...acting, ...accounting],
  },
  rebuild: {
    name: 'Restore that rebuilds replicas',
    says: 'removes the other units before the restore, and adds as many afterwards',
    usedBy: 'client',
    calls: [...acting, ...accounting, destroyUnit, addUnits, scaleApplications],
  },
  refresh: {
    name: 'Refresh and rollback',
    says: 'finds a revision, adds the charm and its resources to the model, and sets them',
    usedBy: 'client',
    calls: [
      ...acting,
      ...accounting,
      ...inspecting,
      resolveCharms,
      getDownloadInfos,
      addCharm,
      listResources,
      addPendingResources,
      setCharm,
      setConfigs,
      unsetApplicationsConfig,
    ],
  },
  failover: {
    name: 'Failover',
    says: "runs the charm's action that promotes a unit",
    usedBy: 'client',
    calls: [...acting, ...accounting, leader],
  },
  storageCredentials: {
    name: 'Storage credentials',
    says: 'hands the keys of an object store to an integrator, as a secret of Juju and through its settings',
    usedBy: 'client',
    calls: [...acting, listSecrets, createSecrets, updateSecrets, grantSecret, setConfigs],
  },
  databag: {
    name: 'Writing a databag',
    says: 'runs relation-set in the hook context of a unit, since Juju has no call for it',
    usedBy: 'client',
    calls: [...watching, unitsInfo, leader, run],
  },
  exec: {
    name: 'Exec',
    says: 'runs a command on a unit, as juju exec does',
    usedBy: 'client',
    calls: [...watching, run],
  },
} as const satisfies Record<string, Feature>

/** From the least to the most. */
const order: readonly Need[] = ['login', 'read', 'write', 'admin', 'superuser']

/** The least access with which Juju lets all of these calls through. */
export function leastAccess(calls: readonly Pick<Call, 'needs'>[]): Need {
  return order[Math.max(0, ...calls.map(({needs}) => order.indexOf(needs)))] ?? 'superuser'
}
