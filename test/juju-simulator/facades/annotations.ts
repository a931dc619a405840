import {JujuFault, notFound} from '../juju-fault.ts'
import type {Facade, ModelContext, Params} from '../rpc/context.ts'
import {idOfTag, isTag, unitOfTag} from '../tags.ts'

export const annotations: Facade = {
  Get: {need: 'read', runOnModel: get},
  Set: {need: 'write', writes: true, goParams: 'AnnotationsSet', runOnModel: set},
}

function get(context: ModelContext, params: Params): object {
  const entities = (params['entities'] ?? []) as readonly {tag: string}[]
  const results = entities.map(({tag}) => {
    const problem = entityProblem(context, tag, 'getting')
    if (problem !== undefined) return {entity: tag, annotations: null, error: {error: problem.item}}
    return {entity: tag, annotations: Object.fromEntries(context.model.annotations.get(tag) ?? []), error: {}}
  })
  return {results}
}

interface Change {
  readonly entity: string
  readonly annotations: Readonly<Record<string, string>>
}

/** Only errors are listed, so the results are not aligned with the request. An empty value removes its key. */
function set(context: ModelContext, params: Params): object {
  const changes = (params['annotations'] ?? []) as readonly Change[]
  const problems = changes.map(change => apply(context, change)).filter(problem => problem !== undefined)
  return {results: problems.map(problem => ({error: problem.item}))}
}

function apply(context: ModelContext, {entity, annotations: wanted}: Change): JujuFault | undefined {
  const {model, world} = context
  const problem = entityProblem(context, entity, 'setting')
  if (problem !== undefined) return problem
  const dotted = Object.keys(wanted).find(key => key.includes('.'))
  if (dotted !== undefined) {
    const doing = world.quirks.annotationFaultsNameEntity ? `setting annotations for "${entity}": ` : ''
    return new JujuFault(`${doing}key "${dotted}" contains period: invalid key`)
  }
  const stored = model.annotations.get(entity) ?? new Map<string, string>()
  model.annotations.set(entity, stored)
  for (const [key, value] of Object.entries(wanted)) {
    if (value === '') stored.delete(key)
    else stored.set(key, value)
  }
  return undefined
}

type Doing = 'getting' | 'setting'

function entityProblem({model, world}: ModelContext, tag: string, doing: Doing): JujuFault | undefined {
  if (!isTag(tag)) return new JujuFault(`"${tag}" is not a valid tag`)
  const absent = (kind: string, id: string): JujuFault =>
    world.quirks.absenceLacksCode ? noUUID(tag, id, doing) : notFound(`${kind} "${id}" not found`)
  const name = idOfTag('application', tag)
  if (name !== undefined && !model.applications.has(name)) return absent('application', name)
  const unit = unitOfTag(tag)
  if (unit !== undefined && model.unit(unit) === undefined) return absent('unit', unit)
  const uuid = idOfTag('model', tag)
  if (uuid !== undefined && uuid !== model.uuid) return notFound(`model "${uuid}" not found`)
  return undefined
}

/** The words of 4.x for what is not there. */
function noUUID(tag: string, id: string, doing: Doing): JujuFault {
  const inside =
    doing === 'getting'
      ? `loading annotations for ID: "${id}"`
      : `updating annotations for "${id}": setting annotations for ID: "${id}"`
  return new JujuFault(`${doing} annotations for "${tag}": ${inside}: unable to find UUID for ID: "${id}" not found`)
}
