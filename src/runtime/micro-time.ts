/**
 * metav1.MicroTime: RFC 3339 with exactly six digits. Go's decoder refuses any other number of digits with 400, so
 * `Date.toJSON()` will not do.
 *
 * @param ms since the epoch
 */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z')
}
