import {JujuFault, notFound} from '../juju-fault.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag, isTag, unitOfTag} from '../tags.ts'
import type {Model} from '../world/model.ts'

export const annotations: Facade = {
  Get: {need: 'read', runOnModel: get},
  Set: {need: 'write', writes: true, goParams: 'AnnotationsSet', runOnModel: set},
}

function get({model}: ModelContext, params: Params): object {
  const entities = (params['entities'] ?? []) as readonly {tag: string}[]
  const results = entities.map(({tag}) => {
    const problem = entityProblem(model, tag)
    const stored = Object.fromEntries(model.annotations.get(tag) ?? [])
    return {entity: tag, annotations: stored, error: problem === undefined ? {} : {error: problem.item}}
  })
  return {results}
}

interface Change {
  readonly entity: string
  readonly annotations: Readonly<Record<string, string>>
}

/** Only errors are listed, so the results are not aligned with the request. An empty value removes its key. */
function set({model}: ModelContext, params: Params): object {
  const changes = (params['annotations'] ?? []) as readonly Change[]
  const problems = changes.map(change => apply(model, change)).filter(problem => problem !== undefined)
  return {results: problems.map(problem => ({error: problem.item}))}
}

function apply(model: Model, {entity, annotations: wanted}: Change): JujuFault | undefined {
  const problem = entityProblem(model, entity)
  if (problem !== undefined) return problem
  const dotted = Object.keys(wanted).find(key => key.includes('.'))
  if (dotted !== undefined) return new JujuFault(`key ${JSON.stringify(dotted)} contains period: invalid key`)
  const stored = model.annotations.get(entity) ?? new Map<string, string>()
  model.annotations.set(entity, stored)
  for (const [key, value] of Object.entries(wanted)) {
    if (value === '') stored.delete(key)
    else stored.set(key, value)
  }
  return undefined
}

function entityProblem(model: Model, tag: string): JujuFault | undefined {
  if (!isTag(tag)) return new JujuFault(`"${tag}" is not a valid tag`)
  const name = idOfTag('application', tag)
  if (name !== undefined && !model.applications.has(name)) return notFound(`application "${name}" not found`)
  const unit = unitOfTag(tag)
  if (unit !== undefined && model.unit(unit) === undefined) return notFound(`unit "${unit}" not found`)
  const uuid = idOfTag('model', tag)
  if (uuid !== undefined && uuid !== model.uuid) return notFound(`model "${uuid}" not found`)
  return undefined
}
