// Juju's API names entities by tags. They stay inside this house: outside, a unit is `postgresql/0`, a task `12`.

export const userTag = (name: string): string => `user-${name}`
export const modelTag = (uuid: string): string => `model-${uuid}`
export const applicationTag = (name: string): string => `application-${name}`
export const taskTag = (id: string): string => `action-${id}`
export const operationTag = (id: string): string => `operation-${id}`

/** `postgresql/0` -> `unit-postgresql-0` */
export function unitTag(unit: string): string {
  return `unit-${unit.replace(/\/(\d+)$/, '-$1')}`
}

/** What an action is sent to: a unit's tag, or `application/leader`, which Juju resolves when the action is enqueued. */
export function receiverOf(unit: string): string {
  return unit.endsWith('/leader') ? unit : unitTag(unit)
}

/** The name behind a tag: `unit-postgresql-0` -> `postgresql/0`, `action-7` -> `7`; anything else is returned as it is. */
export function nameOfTag(tag: string): string {
  const unit = /^unit-(.+)-(\d+)$/.exec(tag)
  if (unit !== null) return `${unit[1]}/${unit[2]}`
  return /^(?:action|operation|model|controller|application|user|machine)-(.+)$/.exec(tag)?.[1] ?? tag
}
