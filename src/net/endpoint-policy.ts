import dns from 'node:dns'
import net from 'node:net'
import ipaddr from 'ipaddr.js'

/** The operator may not connect to this address; change the address in the spec or the operator's --allowed-endpoints. */
export class EndpointNotAllowed extends Error {
  override readonly name = 'EndpointNotAllowed'
  readonly host: string
  readonly address: string

  constructor(host: string, address: string, why: string) {
    const where = host === address ? address : `${host} (${address})`
    super(`${where} is not an allowed endpoint: ${why}`)
    this.host = host
    this.address = address
  }
}

/** Where the Kubernetes API server listens, which specs must not be able to reach through the operator. */
export interface ApiServerAddress {
  readonly host: string
  readonly port: number
  /** what `host` resolves to, when it is a name and that is known */
  readonly addresses?: readonly string[]
}

/** Resolves a name to all of its addresses; `dns.lookup` unless a test hands in another. */
export type Resolve = (
  host: string,
  options: dns.LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: dns.LookupAddress[]) => void,
) => void

type Address = ReturnType<typeof ipaddr.process>

/** One rule: undefined when the target is fine, otherwise why not. */
type Rule = (target: {host: string; address: Address; port: number | undefined}) => string | undefined

/**
 * Which addresses may be dialled on behalf of a spec (api.md rule 16).
 *
 * A name is judged by what it resolves to at connect time, so that a name which points inwards, or begins to, gains nothing.
 */
export class EndpointPolicy {
  readonly #rule: Rule
  readonly #resolve: Resolve

  private constructor(rule: Rule, resolve: Resolve) {
    this.#rule = rule
    this.#resolve = resolve
  }

  /**
   * @param list host patterns (`db.example.com`, `*.example.com`), addresses and CIDRs; it replaces the default, which is
   *   everything but loopback, link-local and the API server's own host and port. An empty list allows nothing.
   * @throws RangeError naming the entry that is neither a host pattern nor a CIDR
   */
  static parse(
    list: readonly string[] | undefined,
    options: {readonly apiServer?: ApiServerAddress; readonly resolve?: Resolve} = {},
  ): EndpointPolicy {
    const rule = list === undefined ? defaultRule(options.apiServer) : listRule(list)
    return new EndpointPolicy(rule, options.resolve ?? dns.lookup)
  }

  /**
   * @param host the host as the spec writes it
   * @param address the IP address that would be dialled for it
   * @param port undefined when it is not known: then the API server's host is refused on every port
   * @throws EndpointNotAllowed
   */
  assertAllowed(host: string, address: string, port?: number): void {
    const why = this.#rule({host: normalHost(host), address: ipaddr.process(normalHost(address)), port})
    if (why !== undefined) throw new EndpointNotAllowed(host, address, why)
  }

  /**
   * Checks a host that is a literal IP address; Node asks no `lookup` about those. Names are judged by `lookup`.
   *
   * @throws EndpointNotAllowed
   */
  assertLiteral(host: string, port?: number): void {
    if (net.isIP(normalHost(host)) !== 0) this.assertAllowed(host, normalHost(host), port)
  }

  /** A `lookup` for `net`, `tls` and `http` that hands out only allowed addresses, and fails with EndpointNotAllowed when there is none. */
  lookupFor(port?: number): net.LookupFunction {
    return (hostname, options, callback) => {
      this.#resolve(hostname, {...options, all: true}, (error, found) => {
        if (error !== null) return callback(error, '', 0)
        const judged = this.#judge(hostname, found, port)
        if (judged instanceof EndpointNotAllowed) return callback(judged, '', 0)
        if (options.all === true) return callback(null, [...judged])
        const [first] = judged
        return callback(null, first.address, first.family)
      })
    }
  }

  /** `lookupFor` where the port is not known. */
  readonly lookup: net.LookupFunction = (hostname, options, callback) => this.lookupFor()(hostname, options, callback)

  #judge(
    host: string,
    found: readonly dns.LookupAddress[],
    port: number | undefined,
  ): readonly [dns.LookupAddress, ...dns.LookupAddress[]] | EndpointNotAllowed {
    const refusals: EndpointNotAllowed[] = []
    const [first, ...rest] = found.filter(({address}) => {
      const why = this.#rule({host: normalHost(host), address: ipaddr.process(address), port})
      if (why !== undefined) refusals.push(new EndpointNotAllowed(host, address, why))
      return why === undefined
    })
    if (first !== undefined) return [first, ...rest]
    return refusals[0] ?? new EndpointNotAllowed(host, '', 'the name has no address')
  }
}

/** Lower case, without brackets and the trailing dot of an absolute name. */
function normalHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(?<=.)\.$/, '')
}

const refusedRanges: Readonly<Record<string, string>> = {
  loopback: 'it is a loopback address',
  unspecified: 'it stands for this very machine',
  linkLocal: 'it is a link-local address',
}

function defaultRule(apiServer: ApiServerAddress | undefined): Rule {
  const isApiServer = apiServerRule(apiServer)
  return target => refusedRanges[target.address.range()] ?? isApiServer(target)
}

function apiServerRule(apiServer: ApiServerAddress | undefined): Rule {
  if (apiServer === undefined) return () => undefined
  const own = normalHost(apiServer.host)
  const literals = [own, ...(apiServer.addresses ?? [])].filter(text => net.isIP(text) !== 0)
  const addresses = literals.map(text => ipaddr.process(text).toString())
  return ({host, address, port}) => {
    if (port !== undefined && port !== apiServer.port) return undefined
    if (host !== own && !addresses.includes(address.toString())) return undefined
    return 'it is the Kubernetes API server'
  }
}

function listRule(list: readonly string[]): Rule {
  const rules = list.map(parseEntry)
  return target => (rules.some(allows => allows(target)) ? undefined : 'no entry of --allowed-endpoints covers it')
}

const label = '[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?'
const hostPattern = new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`)

function parseEntry(entry: string): (target: {host: string; address: Address}) => boolean {
  const text = normalHost(entry.trim())
  if (ipaddr.isValidCIDR(text)) return inNetwork(...ipaddr.parseCIDR(text))
  if (net.isIP(text) !== 0) return ({address}) => address.toString() === ipaddr.process(text).toString()
  if (!hostPattern.test(text) || /^[\d.]+$/.test(text)) {
    throw new RangeError(`"${entry}" is no host pattern (db.example.com, *.example.com), address or CIDR (10.0.0.0/8)`)
  }
  const suffix = text.startsWith('*') ? text.slice(1) : undefined
  return ({host}) => (suffix === undefined ? host === text : host.endsWith(suffix) && host.length > suffix.length)
}

function inNetwork(network: Address, bits: number): (target: {address: Address}) => boolean {
  return ({address}) => address.kind() === network.kind() && address.match(network, bits)
}
