import type {TestContext} from 'node:test'
import type {CharmDescription} from '../../charms/charm.ts'
import {completed} from '../../charms/machine.ts'
import type {Charm} from '../../charms/machine.ts'
import type {ModelType} from '../../charms/model-seed.ts'
import {RawClient} from '../../juju-simulator/raw-client.ts'
import {startTestedJuju} from '../../juju-simulator/seed-on-failure.ts'
import type {SimulatedJujuOptions} from '../../juju-simulator/simulator.ts'
import {VirtualClock} from '../../support/virtual-clock.ts'

const base: CharmDescription = {
  name: 'ledger',
  summary: 'Keeps books',
  description: 'A charm for tests of what Juju does with charms.',
  revision: 10,
  channel: '1/stable',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '1.0',
  actions: {count: {description: 'Counts.', parameters: {}}},
  options: {
    currency: {type: 'string', description: 'Money.', default: 'euro'},
    decimals: {type: 'int', description: 'Digits.', default: 2},
  },
  provides: {books: {interface: 'books'}},
  requires: {},
  peers: {peers: {interface: 'ledger_peers'}},
}

/** A charm without a workload: its units are active as soon as they are up. */
export function ledger(changes: Partial<CharmDescription> = {}): Charm {
  const description = {...base, ...changes}
  return {
    description,
    deploy: host => {
      const settle = async (): Promise<void> => {
        for (const {name} of await host.units())
          await host.setUnitStatus(name, {status: 'active', message: `revision ${description.revision}`})
      }
      return {install: settle, hook: settle, runAction: async () => completed({counted: description.revision})}
    },
  }
}

/** The same as a Kubernetes charm, with the image that revision comes with. */
export function ledgerK8s(revision: number, image: number, channel = '1/stable'): Charm {
  return ledger({
    name: 'ledger-k8s',
    revision,
    channel,
    resources: {'ledger-image': {type: 'oci-image', description: 'The workload.', revision: image}},
    containers: {ledger: {resource: 'ledger-image'}},
  })
}

export interface LedgerOptions extends Partial<Omit<SimulatedJujuOptions, 'models'>> {
  readonly charm?: Charm
  readonly type?: ModelType
}

/** A simulated Juju with three units of `ledger` as application `books`, in virtual time. */
export async function ledgerModel(t: TestContext, {charm = ledger(), type = 'iaas', ...options}: LedgerOptions = {}) {
  const clock = new VirtualClock()
  const access = {operator: 'write', viewer: 'read', modeladmin: 'admin'} as const
  const juju = await startTestedJuju(t, {
    profile: '4.0.12',
    clock,
    users: ['operator', 'viewer', 'modeladmin', 'nobody', 'admin'].map(name => ({
      name,
      password: `${name}-secret`,
      superuser: name === 'admin',
    })),
    models: [{name: 'prod', type, access, applications: [{name: 'books', charm, units: 3}]}],
    checksParams: false,
    ...options,
  })
  t.after(() => juju.stop())
  const path = `/model/${juju.modelUUID}/api`
  const as = async (user: string, at = path): Promise<RawClient> => {
    const client = await RawClient.login(juju, at, user, `${user}-secret`)
    t.after(() => client.close())
    return client
  }
  const control = juju.control.model()
  return {clock, juju, path, as, control, client: await as('operator'), books: control.application('books')}
}
