import type {JujuModelSpec} from '../../api/juju-model.ts'
import type {Fault} from './observed.ts'

/** A model as its controller lists it. */
export interface ListedModel {
  readonly uuid: string
  readonly name: string
  /** who owns the name: `admin` */
  readonly qualifier: string
  /** what the user may do there; '' when the controller does not say */
  readonly access: string
}

export type FoundModel =
  | {readonly ok: true; readonly uuid: string; readonly fullName: string; readonly access: string}
  | {readonly ok: false; readonly fault: Fault}

/** Longer lists help nobody in a message. */
const mostNamed = 5

/** The one model of the spec among those that the user can see; a name alone must be unique. */
export function findModel(models: readonly ListedModel[], wanted: JujuModelSpec['model']): FoundModel {
  const matches = models.filter(model => isWanted(model, wanted))
  const [match] = matches
  if (match === undefined)
    return notFound(`${whatIsWanted(wanted)} is not among the ${models.length} models that the user can see`)
  if (matches.length === 1) return {ok: true, uuid: match.uuid, fullName: fullName(match), access: match.access}
  const names = matches.map(fullName).sort().slice(0, mostNamed)
  return notFound(
    `${matches.length} models are called ${wanted.name}: ${names.join(', ')}; create a JujuModel that names one of them in full`,
  )
}

export function fullName({qualifier, name}: Pick<ListedModel, 'qualifier' | 'name'>): string {
  return qualifier === '' ? name : `${qualifier}/${name}`
}

function isWanted(model: ListedModel, {name, uuid}: JujuModelSpec['model']): boolean {
  if (uuid !== undefined) return model.uuid === uuid
  return name?.includes('/') === true ? fullName(model) === name : model.name === name
}

function whatIsWanted({name, uuid}: JujuModelSpec['model']): string {
  return uuid === undefined ? `model ${name}` : `model ${uuid}`
}

function notFound(message: string): FoundModel {
  return {ok: false, fault: {reason: 'ModelNotFound', message}}
}
