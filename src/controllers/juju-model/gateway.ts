import {Controllers} from '../../juju/controllers.ts'
import type {JujuDeps} from '../../juju/deps.ts'
import {findModel, type FoundModel, type WantedModel} from '../../juju/find-model.ts'
import {ModelSession} from '../../juju/model-session.ts'
import {type PollerDeps, SnapshotPoller} from '../../juju/snapshot.ts'
import type {JujuTarget} from '../../juju/target.ts'
import type {DescribedSession} from '../../juju/writes/described-session.ts'

/** A session to a model with the one poller that all share. */
export interface OpenModel {
  readonly session: DescribedSession
  readonly snapshots: SnapshotPoller
}

/** How this process reaches Juju. */
export interface JujuGateway {
  /** Begins to connect; the session comes back by itself until it is closed. */
  open(target: JujuTarget, modelUUID: string): OpenModel
  /** Asks the controller. @throws what `juju/faults.ts` classifies */
  find(target: JujuTarget, wanted: WantedModel, signal: AbortSignal): Promise<FoundModel>
}

/** The way over the network, one for the process: what it learns of a controller holds for all models of that controller. */
export function jujuGateway(
  options: Omit<JujuDeps, 'controllers'> & Pick<PollerDeps, 'fastMs' | 'slowMs'>,
): JujuGateway {
  const deps = {...options, controllers: new Controllers(options)}
  return {
    open: (target, modelUUID) => {
      const session = new ModelSession(target, modelUUID, deps)
      return {session, snapshots: new SnapshotPoller(session, deps)}
    },
    find: (target, wanted, signal) => findModel(target, wanted, deps, signal),
  }
}
