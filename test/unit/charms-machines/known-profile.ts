import assert from 'node:assert/strict'
import {profileFor} from '../../../src/charms/index.ts'
import type {CharmProfile} from '../../../src/charms/index.ts'
import type {Charm} from '../../charms/machine.ts'
import {charmUrlOf} from '../../juju-simulator/world/application.ts'

/** The profile that the operator finds for a charm by what Juju tells of it. */
export function knownProfile(charm: Charm): CharmProfile {
  const {name, channel, actions, workloadVersion} = charm.description
  const parameters = Object.entries(actions).map(([action, spec]) => [action, Object.keys(spec.parameters)])
  const profile = profileFor({
    name,
    channel,
    charmUrl: charmUrlOf(charm),
    actions: Object.keys(actions),
    actionParameters: Object.fromEntries(parameters) as Record<string, string[]>,
    workloadVersion,
  })
  assert.ok(profile, `no profile takes ${name} of ${channel}`)
  return profile
}
