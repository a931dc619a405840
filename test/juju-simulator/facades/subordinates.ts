import type {Application, Unit} from '../world/application.ts'
import type {Model, Relation, RelationEnd} from '../world/model.ts'

/** The applications on whose machines a subordinate sits: those that it is related to with scope `container`. */
export function principalsOf(model: Model, {name, charm}: Application): readonly string[] {
  if (charm.description.subordinate !== true) return []
  const beside = model.relationsOf(name).filter(({relation}) => scopeOf(model, relation) === 'container')
  return beside.map(({other}) => other.application)
}

/**
 * The subordinate units that sit beside a unit. A subordinate's units belong to its principals' units in the order of
 * both; a test that adds a principal's unit adds the subordinate's too.
 */
export function besideUnit(model: Model, unit: Unit): readonly {application: Application; unit: Unit}[] {
  return [...model.applications.values()].flatMap(application => {
    const places = principalsOf(model, application).flatMap(name => [
      ...(model.applications.get(name)?.units.values() ?? []),
    ])
    const sitting = [...application.units.values()][places.indexOf(unit)]
    return sitting === undefined ? [] : [{application, unit: sitting}]
  })
}

/** A relation is of scope `container` when one of its ends says so. */
export function scopeOf(model: Model, {ends}: Relation): 'global' | 'container' {
  return ends.some(end => isContainer(model, end)) ? 'container' : 'global'
}

function isContainer(model: Model, {application, endpoint}: RelationEnd): boolean {
  const description = model.applications.get(application)?.charm.description
  return (description?.provides[endpoint] ?? description?.requires[endpoint])?.scope === 'container'
}
