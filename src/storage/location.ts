/** Signed for this region where none is given, as every S3 client does. */
export const DEFAULT_REGION = 'us-east-1'

/** What the charms use where the integrator names no endpoint. */
export const DEFAULT_ENDPOINT = 'https://s3.amazonaws.com'

/** A path in a bucket without slashes at its ends, and with single ones in between. */
export function normalPath(path: string | undefined): string {
  return (path ?? '')
    .split('/')
    .filter(part => part !== '')
    .join('/')
}

/** Joins parts of an object key, ignoring empty ones. */
export function keyOf(...parts: readonly string[]): string {
  return parts
    .map(normalPath)
    .filter(part => part !== '')
    .join('/')
}

/**
 * An endpoint in one spelling: lower case, no slash at the end, no default port. Amazon's endpoint without a region
 * becomes that of the region, as the PostgreSQL charm does it. What is no URL is returned as it is.
 */
export function normalEndpoint(endpoint: string | undefined, region: string | undefined): string {
  const given = endpoint === undefined || endpoint.trim() === '' ? DEFAULT_ENDPOINT : endpoint.trim()
  const text = given.includes('://') ? given : `https://${given}`
  if (!URL.canParse(text)) return given
  const url = new URL(text)
  const host = url.host === 's3.amazonaws.com' ? `s3.${region ?? DEFAULT_REGION}.amazonaws.com` : url.host
  return `${url.protocol}//${host}${url.pathname.replace(/\/+$/, '')}`
}
