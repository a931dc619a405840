import type {CharmDescription} from './charm.ts'
import type {Charm} from './machine.ts'
import type {ModelSeed} from './model-seed.ts'
import {pgbouncerCharm} from './pgbouncer.ts'
import {revisionOf} from './revision.ts'

export interface Pooled {
  /** Name of the database's application. */
  readonly name: string
  readonly charm: Charm
  readonly units: number
}

/**
 * PgBouncer in front of a database, as the application `<name>-pooler`; on machines it sits beside the database's units.
 *
 * @throws Error for a database that is no PostgreSQL
 */
export function poolerOf({
  name,
  charm: {description},
  units,
}: Pooled): Required<Pick<ModelSeed, 'applications' | 'relations'>> {
  if (!description.name.startsWith('postgresql')) throw new Error(`PgBouncer does not go with ${description.name}`)
  const onKubernetes = description.containers !== undefined
  const pooler = `${name}-pooler`
  const charm = onKubernetes ? pgbouncerCharm('pgbouncer-k8s') : onBase(pgbouncerCharm('pgbouncer'), description)
  const database = [`${name}:database`, `${pooler}:backend-database`] as const
  const beside = [`${name}:juju-info`, `${pooler}:juju-info`] as const
  return {
    applications: [{name: pooler, charm, units: onKubernetes ? 1 : units}],
    relations: onKubernetes ? [database] : [database, beside],
  }
}

/** A subordinate runs on the base of what it sits beside; Juju relates no others. */
function onBase(charm: Charm, {base}: CharmDescription): Charm {
  return revisionOf(charm, {revision: charm.description.revision, base})
}

/** The model with PgBouncer in front of its first application. @throws Error when that is no PostgreSQL */
export function withPooler(seed: ModelSeed): ModelSeed {
  const [database] = seed.applications
  if (database === undefined) throw new Error('there is no application that PgBouncer could go with')
  const {applications, relations} = poolerOf(database)
  return {
    ...seed,
    applications: [...seed.applications, ...applications],
    relations: [...(seed.relations ?? []), ...relations],
  }
}
