import type {CharmDescription} from './charm.ts'
import type {Charm} from './machine.ts'

/** Another revision of a charm, with the same code: what a refresh goes to. */
export function revisionOf(
  charm: Charm,
  changes: Partial<CharmDescription> & Pick<CharmDescription, 'revision'>,
): Charm {
  return {description: {...charm.description, ...changes}, deploy: host => charm.deploy(host)}
}
