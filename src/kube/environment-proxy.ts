import {BlockList, isIP} from 'node:net'
import {KubeconfigInvalid} from './connection.ts'
import {proxyUrlOf} from './proxy-url.ts'

/**
 * The proxy to this server that the environment names, as kubectl and every other Kubernetes client in Go take it: HTTPS_PROXY (of an
 * http server HTTP_PROXY), unless NO_PROXY names the host; never for this machine itself. Names in capitals go before small ones.
 *
 * @throws KubeconfigInvalid when it is a proxy that cannot be used
 */
export function proxyFromEnvironment(server: URL, env: NodeJS.ProcessEnv): string | undefined {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const given = env[name] || env[name.toLowerCase()]
  if (!given || isExcepted(server, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined
  // Without a scheme it is a host and a port.
  const url = proxyUrlOf(/^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`)
  if (url === undefined) throw new KubeconfigInvalid(`${name} is refused; write http://, https:// or socks5://`)
  return url
}

function isExcepted(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = server.port || (server.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || isLoopback(host)) return true
  const patterns = noProxy.split(',').map(pattern => pattern.trim().toLowerCase())
  return patterns.some(pattern => pattern === '*' || (pattern !== '' && matches(pattern, host, port)))
}

const isLoopback = (host: string): boolean => isWithin('127.0.0.0/8', host) || isWithin('::1/128', host)

/** `10.0.0.0/8`, `10.0.0.1`, `example.com` with what is below it, `.example.com` for only that; each but the first with or without a port. */
function matches(pattern: string, host: string, port: string): boolean {
  if (pattern.includes('/')) return isWithin(pattern, host)
  const [, name = '', wantedPort] = /^(\[[^\]]*\]|[^:]*|[0-9a-f:]*:[0-9a-f:]*)(?::(\d+))?$/.exec(pattern) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const wanted = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '')
  if (isIP(host) !== 0) return isIP(wanted) !== 0 && isWithin(`${wanted}/${isIP(wanted) === 4 ? 32 : 128}`, host)
  return wanted !== '' && (host === wanted || host.endsWith(wanted.startsWith('.') ? wanted : `.${wanted}`))
}

/** Whether the host is an address in the network; a network that is none contains nothing. */
function isWithin(network: string, host: string): boolean {
  const [address = '', length = ''] = network.split('/')
  const [family, bits] = [isIP(address), Number(length)]
  if (family === 0 || isIP(host) !== family || !(/^\d+$/.test(length) && bits <= (family === 4 ? 32 : 128)))
    return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, bits, type)
  return list.check(host, type)
}
