import type {Transport} from '../../src/kube/transport.ts'
import {status} from '../runtime/support/scripted-transport.ts'

const troubles = {
  conflict: status(409, 'Conflict'),
  error: status(500, 'InternalError'),
  'too many': status(429, 'TooManyRequests'),
}
export type ApiTrouble = keyof typeof troubles

/** An API server that refuses what is about jobs, or whose next answer to a write gets lost on its way, as it is told. */
export class LossyApi {
  trouble: ApiTrouble | undefined
  #losing = false

  loseNext(): void {
    this.#losing = true
  }

  readonly transport = (inner: Transport): Transport => ({
    endpoint: inner.endpoint,
    close: () => inner.close(),
    send: async request => {
      if (this.trouble !== undefined && request.path.includes('/backupjobs')) return troubles[this.trouble](request)
      const response = await inner.send(request)
      if (!this.#losing || request.method === 'GET') return response
      this.#losing = false
      throw Object.assign(new Error('the connection was reset'), {code: 'ECONNRESET'})
    },
  })
}
