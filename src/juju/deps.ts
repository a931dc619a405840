import type {EndpointPolicy} from '../net/endpoint-policy.ts'
import type {Logger} from '../observability/log.ts'
import type {Clock, Random} from '../time/clock.ts'
import type {Controllers} from './controllers.ts'
import type {JujuMetrics} from './metrics.ts'
import type {OpenTransport} from './transport.ts'

/** What every part of the client is handed: time, chance, where it may connect to, and where it reports. */
export interface JujuDeps {
  readonly clock: Clock
  readonly random: Random
  readonly policy: EndpointPolicy
  /** TLS over TCP unless a test, which is on both sides in one process, hands in another */
  readonly openTransport?: OpenTransport
  readonly log: Logger
  /** one for the whole process: sessions to one controller do not trouble it each on its own */
  readonly controllers: Controllers
  readonly metrics?: JujuMetrics
}
