/** The index of a repository is damaged, or encrypted, so nothing may be concluded from it; the message names the object. */
export class UnreadableIndex extends Error {
  override readonly name = 'UnreadableIndex'
}
