import type {ControlPlane} from '../../test/env/kubernetes/control-plane.ts'

/** One series of the API server's own counter of requests. */
export interface Requests {
  readonly resource: string
  /** upper case: GET, LIST, WATCH, POST, PUT, PATCH, APPLY, DELETE */
  readonly verb: string
  /** '' for the object itself */
  readonly subresource: string
  readonly count: number
}

/** Every request that the API server has counted since it started. */
export async function readRequests(cluster: ControlPlane): Promise<readonly Requests[]> {
  const metrics = await cluster.kubectlOrThrow(['get', '--raw', '/metrics'])
  const lines = metrics.split('\n').filter(line => line.startsWith('apiserver_request_total{'))
  return lines.map(line => {
    const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? ''
    const count = Number(line.slice(line.lastIndexOf(' ') + 1))
    return {resource: label('resource'), verb: label('verb'), subresource: label('subresource'), count}
  })
}

const reading: ReadonlySet<string> = new Set(['GET', 'LIST', 'WATCH', 'CONNECT'])

/** Requests that change something, of those that `which` picks. */
export function writes(requests: readonly Requests[], which: (one: Requests) => boolean): number {
  return requests.reduce((sum, one) => (reading.has(one.verb) || !which(one) ? sum : sum + one.count), 0)
}
