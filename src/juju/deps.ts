import type {EndpointPolicy} from '../net/endpoint-policy.ts'
import type {Logger} from '../observability/log.ts'
import type {Clock, Random} from '../time/clock.ts'
import type {Controllers} from './controllers.ts'
import type {JujuMetrics} from './metrics.ts'

/** What every part of the client is handed: time, chance, where it may connect to, and where it reports. */
export interface JujuDeps {
  readonly clock: Clock
  readonly random: Random
  readonly policy: EndpointPolicy
  readonly log: Logger
  /** one for the whole process: sessions to one controller do not trouble it each on its own */
  readonly controllers: Controllers
  readonly metrics?: JujuMetrics
}
