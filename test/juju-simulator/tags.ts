/** The tag of a unit: `postgresql/0` is `unit-postgresql-0`. */
export function unitTag(name: string): string {
  return `unit-${name.replace('/', '-')}`
}

/** The unit in a unit's tag, undefined for anything else. */
export function unitOfTag(tag: string): string | undefined {
  const match = /^unit-(.+)-(\d+)$/.exec(tag)
  return match === null ? undefined : `${match[1]}/${match[2]}`
}

const kinds = ['user', 'model', 'controller', 'application', 'unit', 'machine', 'action', 'operation', 'relation']

/** Whether Juju takes the text for a tag of some kind. */
export function isTag(text: string): boolean {
  return kinds.some(kind => text.startsWith(`${kind}-`) && text.length > kind.length + 1)
}

/** The id behind a tag's kind: of `operation-12` the text `12`. @returns undefined when the tag is of another kind */
export function idOfTag(kind: string, tag: string): string | undefined {
  return tag.startsWith(`${kind}-`) ? tag.slice(kind.length + 1) : undefined
}
