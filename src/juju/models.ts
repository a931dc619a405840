import type {CallOptions, Caller} from './connection.ts'
import {UnexpectedReply} from './errors.ts'
import {nameOf, type ResultOf} from './facades/call.ts'
import {modelInfo as modelInfoCall} from './facades/model-manager.ts'
import {onlyItem} from './item-errors.ts'
import {modelTypeOf} from './status.ts'
import {modelTag, nameOfTag} from './tags.ts'
import {timeOf} from './times.ts'

/** A model as its controller knows it. */
export interface ModelInfo {
  readonly uuid: string
  readonly name: string
  /** its owner (3.x) or qualifier (4.x); a name is unique only together with it */
  readonly qualifier: string
  readonly type: 'Machines' | 'Kubernetes'
  readonly life: string
  readonly version: string
  /** the way to another controller, under way or failed, in Juju's words */
  readonly migration: Migration | undefined
}

export interface Migration {
  readonly status: string
  readonly start: string | undefined
  /** undefined: under way */
  readonly end: string | undefined
}

type WireModel = NonNullable<ResultOf<typeof modelInfoCall>['results'][number]['result']>

/**
 * Asks the controller (not a model's connection) about one model.
 *
 * @throws JujuError `unauthorized access` without access to it, `not found` or `model not found` when it is gone
 */
export async function modelInfo(caller: Caller, uuid: string, options?: CallOptions): Promise<ModelInfo> {
  const reply = await caller.call(modelInfoCall, {entities: [{tag: modelTag(uuid)}]}, options)
  const {result} = onlyItem(modelInfoCall, reply.results)
  if (result === undefined) throw new UnexpectedReply(nameOf(modelInfoCall), 'neither a model nor an error')
  return {
    uuid: result.uuid,
    name: result.name,
    qualifier: qualifierOf(result),
    type: modelTypeOf(result.type),
    life: result.life,
    version: result['agent-version'],
    migration: migrationOf(result.migration),
  }
}

/** Juju 4 has qualifiers where Juju 3 has owners; whichever the reply holds is taken. */
export function qualifierOf(model: Pick<WireModel, 'qualifier' | 'owner-tag'>): string {
  return model.qualifier === '' ? nameOfTag(model['owner-tag']) : model.qualifier
}

function migrationOf(wire: WireModel['migration']): Migration | undefined {
  return wire && {status: wire.status, start: timeOf(wire.start), end: timeOf(wire.end)}
}
