import {systemClock} from '../../../../src/time/clock.ts'
import type {Charm} from '../../../charms/machine.ts'
import type {ModelSeed} from '../../../charms/model-seed.ts'
import {memoryPostgresqlModel} from '../../../charms/postgresql-model.ts'
import {s3Integrator2Charm} from '../../../charms/s3-integrator-2.ts'
import {secretReader} from './world.ts'

/** What a Juju under the contract has in it. */
export interface ContractSeeds {
  /** `admin/databases` on machines, and `admin/pods` on Kubernetes */
  readonly models: readonly ModelSeed[]
  /** every revision of the database charms that Charmhub has: those of the models, and a newer one of each */
  readonly charmhub: readonly Charm[]
}

/** Users of the contract beside `admin`, the superuser, and what they may do in both models; `nobody` may do nothing. */
const access = {operator: 'write', viewer: 'read', modeladmin: 'admin'} as const
export const contractUsers = ['admin', ...Object.keys(access), 'nobody'] as const

/** How much newer the newer revision is. */
const step = 10

export function contractSeeds(): ContractSeeds {
  const machines = memoryPostgresqlModel({clock: systemClock, model: {name: 'databases', access}})
  const pods = memoryPostgresqlModel({
    clock: systemClock,
    charm: 'postgresql-k8s-14',
    units: 1,
    model: {name: 'pods', access},
  })
  const charms = [machines.charm, pods.charm]
  const reader = {name: secretReader, charm: s3Integrator2Charm(), units: 1}
  return {
    models: [{...machines.seed, applications: [...machines.seed.applications, reader]}, pods.seed],
    charmhub: charms.flatMap(charm => [charm, charm.revised(charm.description.revision + step)]),
  }
}
