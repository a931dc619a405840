/**
 * Orders two resourceVersions of one resource type: negative, zero or positive as `a` is older, the same or newer.
 * They are decimal integers of any size and may be compared (KEP-5504, stable since Kubernetes 1.35).
 */
export function compareResourceVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a === b ? 0 : a < b ? -1 : 1
}

/** `a` is `b` or newer. */
export function isAtLeast(a: string | undefined, b: string): boolean {
  return a !== undefined && compareResourceVersions(a, b) >= 0
}
