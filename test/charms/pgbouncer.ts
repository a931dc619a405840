import type {ActionSpec, CharmDescription, EndpointSpec, OptionSpec} from './charm.ts'
import {completed, failed} from './machine.ts'
import type {Charm, CharmEvent, CharmHost, CharmMachine, CharmTask, TaskOutcome} from './machine.ts'

export type PgbouncerCharmId = 'pgbouncer' | 'pgbouncer-k8s'

const actions: Readonly<Record<string, ActionSpec>> = {
  'pre-upgrade-check': {description: 'Checks before a refresh of the charm.', parameters: {}},
  'set-tls-private-key': {
    description: 'Sets the key for certificate requests of a unit.',
    parameters: {'private-key': {type: 'string', description: 'The key; made up when it is not given.'}},
  },
}

const resumeUpgrade: Readonly<Record<string, ActionSpec>> = {
  'resume-upgrade': {description: 'Goes on with an upgrade after its first unit was looked at.', parameters: {}},
}

const options: Readonly<Record<string, OptionSpec>> = {
  listen_port: {type: 'int', description: 'Port for clients.', default: 6432},
  pool_mode: {type: 'string', description: 'session, transaction or statement.', default: 'session'},
  max_db_connections: {type: 'int', description: 'Server connections per database; 0: any.', default: 100},
}

const optionsOnMachines: Readonly<Record<string, OptionSpec>> = {
  metrics_port: {type: 'int', description: 'Port for metrics.', default: 9127},
  vip: {type: 'string', description: 'Virtual address in front of the units.'},
  local_connection_type: {type: 'string', description: 'tcp or uds.', default: 'tcp'},
}

const optionsOnKubernetes: Readonly<Record<string, OptionSpec>> = {
  'expose-external': {type: 'string', description: 'false, nodeport or loadbalancer.', default: 'false'},
  'loadbalancer-extra-annotations': {type: 'string', description: 'Annotations of the service.', default: '{}'},
  max_prepared_statements: {type: 'int', description: 'Prepared statements per connection.', default: 100},
}

const one = (wire: string): EndpointSpec => ({interface: wire, limit: 1, optional: true})
const some = (wire: string): EndpointSpec => ({interface: wire, optional: true})
const beside = (wire: string): EndpointSpec => ({interface: wire, limit: 1, optional: true, scope: 'container'})

const backendEndpoint = 'backend-database'
const requires: Readonly<Record<string, EndpointSpec>> = {
  [backendEndpoint]: {interface: 'postgresql_client', limit: 1},
  certificates: one('tls-certificates'),
  tracing: one('tracing'),
}
const peers: Readonly<Record<string, EndpointSpec>> = {
  'pgb-peers': {interface: 'pgb_peers'},
  upgrade: {interface: 'upgrade'},
}

const common = {
  summary: 'Charmed PgBouncer',
  description: 'A charm machine that answers as the charm of this name does.',
  channel: '1/stable',
  base: {name: 'ubuntu', channel: '22.04/stable'},
  workloadVersion: '1.21.0',
  peers,
} as const

const descriptions: Readonly<Record<PgbouncerCharmId, CharmDescription>> = {
  pgbouncer: {
    ...common,
    name: 'pgbouncer',
    revision: 555,
    subordinate: true,
    actions,
    options: {...options, ...optionsOnMachines},
    provides: {
      database: beside('postgresql_client'),
      db: beside('pgsql'),
      'db-admin': beside('pgsql'),
      'cos-agent': {interface: 'cos_agent', limit: 1},
    },
    requires: {...requires, 'juju-info': {interface: 'juju-info', limit: 1, scope: 'container'}, ha: one('hacluster')},
  },
  'pgbouncer-k8s': {
    ...common,
    name: 'pgbouncer-k8s',
    revision: 444,
    actions: {...actions, ...resumeUpgrade},
    options: {...options, ...optionsOnKubernetes},
    provides: {
      database: some('postgresql_client'),
      db: some('pgsql'),
      'db-admin': some('pgsql'),
      'metrics-endpoint': some('prometheus_scrape'),
      'grafana-dashboard': some('grafana_dashboard'),
    },
    requires: {...requires, logging: one('loki_push_api')},
    resources: {'pgbouncer-image': {type: 'oci-image', description: 'OCI image for PgBouncer', revision: 1}},
    containers: {pgbouncer: {resource: 'pgbouncer-image'}},
  },
}

/** PgBouncer: a charm without backups, subordinate on machines. Its texts are read in the charms. */
export function pgbouncerCharm(id: PgbouncerCharmId = 'pgbouncer'): Charm {
  return {description: descriptions[id], deploy: host => new PgbouncerMachine(host)}
}

class PgbouncerMachine implements CharmMachine {
  readonly #host: CharmHost
  /** Set by `pre-upgrade-check`; `resume-upgrade` has nothing to resume before. */
  #checked = false

  constructor(host: CharmHost) {
    this.#host = host
  }

  async install(): Promise<void> {
    await this.#show()
  }

  async hook(event: CharmEvent): Promise<void> {
    if (event.kind === 'upgrade-charm') this.#checked = false
    await this.#show()
  }

  async runAction(task: CharmTask): Promise<TaskOutcome> {
    switch (task.action) {
      case 'pre-upgrade-check':
        return this.#preUpgradeCheck(task)
      case 'resume-upgrade':
        return this.#resumeUpgrade(task)
      case 'set-tls-private-key':
        return completed({})
      default:
        return failed(`this charm machine does not play ${task.action}`)
    }
  }

  async #preUpgradeCheck({unit}: CharmTask): Promise<TaskOutcome> {
    if (!(await this.#leads(unit))) return failed('Action must be ran on the Juju leader.')
    this.#checked = true
    return completed({})
  }

  async #resumeUpgrade({unit}: CharmTask): Promise<TaskOutcome> {
    if (!(await this.#leads(unit))) return failed('Action must be ran on the Juju leader.')
    if (!this.#checked) return failed('Nothing to resume, upgrade stack unset.')
    return failed('Upgrade can be resumed only once after juju refresh is called.')
  }

  async #leads(unit: string): Promise<boolean> {
    return (await this.#host.units()).some(view => view.leader && view.name === unit)
  }

  /** Without a database behind it there is nothing to pool. */
  async #show(): Promise<void> {
    const [backend] = await this.#host.relations(backendEndpoint)
    for (const {name} of await this.#host.units())
      await this.#host.setUnitStatus(
        name,
        backend === undefined
          ? {status: 'blocked', message: 'waiting for backend database relation to initialise'}
          : {status: 'active', message: ''},
      )
  }
}
