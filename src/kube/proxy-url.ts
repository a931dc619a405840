/** The URL of a proxy as the transport takes it; undefined: one that it cannot use. */
export function proxyUrlOf(given: string): string | undefined {
  const known = /^(https?|socks5h?):\/\//i.test(given) && URL.canParse(given)
  return known ? given.replace(/^socks5h:/i, 'socks5:') : undefined
}
