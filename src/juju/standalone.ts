import {EndpointPolicy} from '../net/endpoint-policy.ts'
import {silentLogger} from '../observability/log.ts'
import {systemClock} from '../time/clock.ts'
import {Controllers} from './controllers.ts'
import type {JujuDeps} from './deps.ts'

/** What the client is handed outside of the operator: the machine's time, no log, and every address allowed. One for a process. */
export function standaloneDeps(changes: Partial<Omit<JujuDeps, 'controllers'>> = {}): JujuDeps {
  const deps = {
    clock: systemClock,
    random: Math.random,
    policy: EndpointPolicy.parse(['0.0.0.0/0', '::/0']),
    log: silentLogger,
    ...changes,
  }
  return {...deps, controllers: new Controllers(deps)}
}
