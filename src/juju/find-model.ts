import {withController, type ModelList, type ModelSummary} from './controller-session.ts'
import type {JujuDeps} from './deps.ts'
import type {JujuTarget} from './target.ts'

/** A model by name (`owner/name`, or `name` alone where that is unique) or by UUID. */
export type WantedModel = {readonly name: string} | {readonly uuid: string}

/** What a controller says of a wanted model. `message` says what to do. */
export type ModelMatch =
  | {readonly kind: 'one'; readonly model: ModelSummary}
  /** no model of this name or UUID is listed: there is none, or the user may not see it */
  | {readonly kind: 'none'; readonly message: string}
  /** the name is that of several models */
  | {readonly kind: 'several'; readonly candidates: readonly string[]; readonly message: string}
  /** not listed, but the controller withheld some models, and it may be one of them */
  | {readonly kind: 'hidden'; readonly message: string}

export interface FoundModel {
  readonly match: ModelMatch
  readonly controllerUUID: string
  readonly serverVersion: string
  readonly user: string
}

/**
 * Asks the controller for a model.
 *
 * It also tells a refused login to a model apart on Juju 3, which answers alike for a wrong password and a hidden model: when
 * this does not throw, the credentials are good.
 *
 * @throws what `connect` throws (see faults.ts), JujuError, ConnectionLost
 */
export function findModel(
  target: JujuTarget,
  wanted: WantedModel,
  deps: JujuDeps,
  signal?: AbortSignal,
): Promise<FoundModel> {
  return withController(
    target,
    deps,
    async controller => ({
      match: matchModel(await controller.listModels({signal}), wanted, controller.user),
      controllerUUID: controller.controllerUUID,
      serverVersion: controller.serverVersion,
      user: controller.user,
    }),
    signal,
  )
}

/** @param user whose list it is, for the message */
export function matchModel(list: ModelList, wanted: WantedModel, user: string): ModelMatch {
  const matching = list.models.filter(model => isWanted(model, wanted))
  const [model, ...others] = matching
  if (model !== undefined && others.length === 0) return {kind: 'one', model}
  if (model !== undefined) return several(matching)
  const what = 'uuid' in wanted ? `with UUID ${wanted.uuid}` : `named "${wanted.name}"`
  if (list.withheld.length > 0) {
    const message = `no model ${what} is listed, but the controller would not tell ${user} about ${list.withheld.length} of its models: ${list.withheld[0]?.message ?? ''}`
    return {kind: 'hidden', message}
  }
  const visible = list.models.length === 0 ? 'none' : shorten(list.models.map(fullName))
  return {kind: 'none', message: `${user} sees no model ${what} on this controller; visible: ${visible}`}
}

/** `qualifier/name`, which is unique on a controller. */
export function fullName({qualifier, name}: Pick<ModelSummary, 'qualifier' | 'name'>): string {
  return `${qualifier}/${name}`
}

function isWanted(model: ModelSummary, wanted: WantedModel): boolean {
  if ('uuid' in wanted) return model.uuid === wanted.uuid
  return wanted.name.includes('/') ? fullName(model) === wanted.name : model.name === wanted.name
}

function several(models: readonly ModelSummary[]): ModelMatch {
  const candidates = models.map(fullName).sort()
  return {kind: 'several', candidates, message: `several models have this name; write one of ${shorten(candidates)}`}
}

const namesShown = 10

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, namesShown).join(', ')
  return names.length > namesShown ? `${shown} and ${names.length - namesShown} more` : shown
}
