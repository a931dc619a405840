import type {CharmDescription, OptionSpec} from '../charm.ts'
import {actionsOf} from './actions.ts'
import {dialects} from './dialect.ts'
import type {PostgresqlCharmId} from './dialect.ts'
import {endpointsOf} from './endpoints.ts'

type Release = Pick<CharmDescription, 'name' | 'revision' | 'channel' | 'base' | 'workloadVersion'>

const jammy = {name: 'ubuntu', channel: '22.04/stable'} as const
const noble = {name: 'ubuntu', channel: '24.04/stable'} as const

const machines = {name: 'postgresql'} as const
const kubernetes = {name: 'postgresql-k8s'} as const

const released: Readonly<Record<PostgresqlCharmId, Release>> = {
  'postgresql-14': {...machines, revision: 468, channel: '14/stable', base: jammy, workloadVersion: '14.13'},
  'postgresql-16': {...machines, revision: 843, channel: '16/stable', base: noble, workloadVersion: '16.9'},
  'postgresql-k8s-14': {...kubernetes, revision: 495, channel: '14/stable', base: jammy, workloadVersion: '14.15'},
  'postgresql-k8s-16': {...kubernetes, revision: 700, channel: '16/stable', base: noble, workloadVersion: '16.9'},
  'postgresql-16-next': {...machines, revision: 1100, channel: '16/edge', base: noble, workloadVersion: '16.14'},
  'postgresql-k8s-16-next': {...kubernetes, revision: 900, channel: '16/edge', base: noble, workloadVersion: '16.14'},
}

/** Until this revision the machine charm of track 16 spelled its options with underscores, but for the secret's. */
const lastWithUnderscores = 844

/** What a model knows of a PostgreSQL charm. Of the 186 and more options those are here that are not tuning. */
export function describeCharm(id: PostgresqlCharmId, revision?: number): CharmDescription {
  const release = {...released[id], ...(revision === undefined ? {} : {revision})}
  return {
    ...release,
    summary: `Charmed PostgreSQL ${release.channel}`,
    description: 'A charm machine that answers as the charm of this name does.',
    actions: actionsOf(id),
    options: optionsOf(id, release.revision),
    ...endpointsOf(id),
    ...(dialects[id].hasRaft ? {} : image),
  }
}

const image: Pick<CharmDescription, 'resources' | 'containers'> = {
  resources: {'postgresql-image': {type: 'oci-image', description: 'OCI image for PostgreSQL', revision: 1}},
  containers: {postgresql: {resource: 'postgresql-image'}},
}

const commonOptions: Readonly<Record<string, OptionSpec>> = {
  profile: {type: 'string', description: 'production or testing.', default: 'production'},
  'profile-limit-memory': {type: 'int', description: 'Memory in MB that PostgreSQL may use.'},
  'synchronous-node-count': {type: 'string', description: 'all, majority, or a number of units.', default: 'all'},
  'synchronous-mode-strict': {type: 'boolean', description: 'Writes wait for a synchronous standby.', default: true},
  'experimental-max-connections': {type: 'int', description: 'Connections that PostgreSQL allows.'},
  'logging-log-connections': {type: 'boolean', description: 'Logs each connection.', default: true},
  'plugin-pg-trgm-enable': {type: 'boolean', description: 'The extension pg_trgm.', default: false},
}

const optionsOf16: Readonly<Record<string, OptionSpec>> = {
  'pause-after-unit-refresh': {
    type: 'string',
    description: 'Waits for confirmation after these units have refreshed: all, first or none.',
    default: 'first',
  },
  'system-users': {type: 'secret', description: 'Secret with the passwords of system users.'},
}

function optionsOf(id: PostgresqlCharmId, revision: number): Readonly<Record<string, OptionSpec>> {
  const {track, hasRaft} = dialects[id]
  const underscores = track === '14' || (hasRaft && revision <= lastWithUnderscores)
  const options = track === '14' ? commonOptions : {...commonOptions, ...optionsOf16}
  return Object.fromEntries(
    Object.entries(options).map(([name, spec]) => [
      underscores && spec.type !== 'secret' ? name.replaceAll('-', '_') : name,
      spec,
    ]),
  )
}
