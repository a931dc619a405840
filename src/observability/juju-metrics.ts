import type {JujuMetrics} from '../juju/metrics.ts'
import type {Families} from './families.ts'

const callBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const

/** How Juju answers: per method of its API or per controller, never per model, as there may be hundreds. */
export function jujuMetrics(f: Families): JujuMetrics {
  const calls = f.counter(
    'charmkeeper_juju_calls_total',
    "Calls to Juju by Juju's code; `ok`, `timeout`, `aborted` and `lost` are ours.",
    'method',
    'code',
  )
  const seconds = f.histogram(
    'charmkeeper_juju_call_duration_seconds',
    'How long Juju took to answer.',
    callBuckets,
    'method',
  )
  const skew = f.gauge(
    'charmkeeper_juju_clock_skew_seconds',
    "How far the controller's clock is ahead of the operator's; below zero: behind it.",
    'controller_uuid',
  )
  return {
    clockSkew: (uuid, ahead) => {
      if (ahead === undefined) skew.remove({controller_uuid: uuid})
      else skew.set({controller_uuid: uuid}, ahead)
    },
    call: (method, code, took) => {
      calls.inc({method, code})
      seconds.observe({method}, took)
    },
  }
}
