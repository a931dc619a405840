/** A user secret of a model. */
export interface Secret {
  /** For example `secret:00000000000000000001`. */
  readonly uri: string
  label: string
  description: string
  /** Content of each revision, base64 by key; the first is revision 1. */
  readonly revisions: {readonly content: Readonly<Record<string, string>>; readonly created: number}[]
  /** Applications that may read it. */
  readonly granted: Set<string>
}

export interface SecretChange {
  readonly label?: string | undefined
  readonly description?: string | undefined
  /** Base64 by key; without any the content stays. */
  readonly content?: Readonly<Record<string, string>> | undefined
}

/** The user secrets of a model. */
export class Secrets {
  readonly all = new Map<string, Secret>()

  /** @throws RangeError when the label is taken */
  create({label = '', description = '', content = {}}: SecretChange, now: number): Secret {
    this.#checkLabel(label)
    const number = this.all.size + 1
    const uri = `secret:${number.toString(32).padStart(20, '0')}`
    const secret: Secret = {uri, label, description, revisions: [{content, created: now}], granted: new Set()}
    this.all.set(uri, secret)
    return secret
  }

  /** New content is a new revision. @throws RangeError when the new label is taken */
  update(secret: Secret, {label, description, content}: SecretChange, now: number): void {
    if (label !== undefined && label !== secret.label) {
      this.#checkLabel(label)
      secret.label = label
    }
    if (description !== undefined) secret.description = description
    if (content !== undefined && Object.keys(content).length > 0) secret.revisions.push({content, created: now})
  }

  byLabel(label: string): Secret | undefined {
    return [...this.all.values()].find(secret => secret.label === label)
  }

  #checkLabel(label: string): void {
    if (label !== '' && this.byLabel(label) !== undefined) throw new RangeError(`secret with name "${label}"`)
  }
}
