/**
 * A client for Juju 3.1 and newer and for Juju 4, for use without the rest of Charmkeeper: this file is all that others need to
 * import. It knows nothing of Kubernetes. docs/juju.md has an example, the access that each feature needs, and the differences
 * between servers.
 *
 * Removing units is left out on purpose: see restore-units.ts.
 */
export {standaloneDeps} from './standalone.ts'
export type {JujuDeps} from './deps.ts'
export type {JujuMetrics} from './metrics.ts'
export type {JujuCredentials, JujuTarget} from './target.ts'

export {connect, type Caller, type CallOptions, type JujuConnection} from './connection.ts'
export {findModel, type FoundModel, type ModelMatch, type WantedModel} from './find-model.ts'
export {withController, type ControllerSession, type ModelList, type ModelSummary} from './controller-session.ts'
export {ModelSession, type SessionState} from './model-session.ts'
export {SnapshotPoller, type ModelSnapshot} from './snapshot.ts'

export {
  CallAborted,
  CallTimeout,
  ConnectionLost,
  JujuError,
  mayHaveHappened,
  ModelMigrated,
  NotTrusted,
  UnexpectedReply,
  Unreachable,
  Unsupported,
} from './errors.ts'
export {classify, type Fault, type FaultReason} from './faults.ts'
export {isNotFound} from './item-errors.ts'

export {actions, cancel, enqueue, operations, type CancelResult, type Enqueued, type EnqueueRequest} from './actions.ts'
export {exec, relationSetCommand, type ExecRequest, type RelationSet} from './exec.ts'
export {listOperations, type OperationFilter} from './list-operations.ts'
export {taskProgress} from './task-progress.ts'
export {isFinished, type OperationInfo, type TaskInfo, type TaskLogLine} from './tasks.ts'

export {annotations, setAnnotations, type Annotated} from './annotations.ts'
export {
  applicationGet,
  applicationsInfo,
  leader,
  unitsInfo,
  type ApplicationInfo,
  type ApplicationSettings,
  type UnitInfo,
} from './applications.ts'
export {charmOrigin, setCharm, type CharmOrigin, type CharmSource, type SetCharmRequest} from './charm-origin.ts'
export {addCharm, charmInfo, downloadInfo, resolveCharm, type ActionSpec, type CharmInfo} from './charms.ts'
export {modelInfo, type ModelInfo} from './models.ts'
export {charmRelations, publishedData, type Published} from './relations.ts'
export {addPendingResources, listResources, type Resource} from './resources.ts'
export {addUnits, scaleApplication} from './scaling.ts'
export {
  createSecret,
  findSecret,
  grantSecret,
  updateSecret,
  type FoundSecret,
  type SecretContent,
  type SecretName,
} from './secrets.ts'
export {setConfig, unsetConfig} from './settings.ts'
export {fullStatus, type ApplicationStatus, type FullStatus, type UnitStatus} from './status.ts'

// Calls with an effect that must not be repeated blindly: how each is sent, looked up after a lost reply, and what that proves.
export {checkParameters, describeFaults, type CheckedParameters, type ParameterFault} from './parameters.ts'
export {look} from './writes/look.ts'
export {send, type Sent} from './writes/send.ts'
export {mayBeSentAgain, type Repeat, type Verdict, type Write, type WriteIntent} from './writes/write.ts'
export * as annotationWrites from './writes/annotations.ts'
export * as cancelWrites from './writes/cancel.ts'
export * as charmWrites from './writes/set-charm.ts'
export * as charmhubWrites from './writes/add-charm.ts'
export * as secretWrites from './writes/secrets.ts'
export * as settingWrites from './writes/settings.ts'
export * as taskWrites from './writes/tasks.ts'
export * as unitWrites from './writes/units.ts'
