import type {CharmDescription, EndpointSpec} from '../charm.ts'
import type {PostgresqlCharmId} from './dialect.ts'
import {dialects} from './dialect.ts'

type Endpoints = Pick<CharmDescription, 'provides' | 'requires' | 'peers'>

const one = (wire: string): EndpointSpec => ({interface: wire, limit: 1, optional: true})
const some = (wire: string): EndpointSpec => ({interface: wire, optional: true})

const byTrack: Readonly<Record<'14' | '16', Endpoints>> = {
  '14': {
    provides: {db: some('pgsql'), 'db-admin': some('pgsql')},
    requires: {certificates: one('tls-certificates')},
    peers: {upgrade: {interface: 'upgrade'}},
  },
  '16': {
    provides: {},
    requires: {'peer-certificates': one('tls-certificates'), 'client-certificates': one('tls-certificates')},
    peers: {'refresh-v-three': {interface: 'refresh'}},
  },
}

const onMachines = {provides: {'cos-agent': one('cos_agent')}, requires: {}} as const

const onKubernetes = {
  provides: {'metrics-endpoint': some('prometheus_scrape'), 'grafana-dashboard': some('grafana_dashboard')},
  requires: {logging: one('loki_push_api')},
} as const

/** The endpoints in the charm's metadata. */
export function endpointsOf(id: PostgresqlCharmId): Endpoints {
  const {track, hasRaft} = dialects[id]
  const platform = hasRaft ? onMachines : onKubernetes
  const {provides, requires, peers} = byTrack[track]
  return {
    provides: {
      database: {interface: 'postgresql_client'},
      'replication-offer': one('postgresql_async'),
      ...provides,
      ...platform.provides,
    },
    requires: {
      's3-parameters': one('s3'),
      replication: one('postgresql_async'),
      'receive-ca-cert': some('certificate_transfer'),
      ldap: one('ldap'),
      tracing: one('tracing'),
      ...requires,
      ...platform.requires,
    },
    peers: {'database-peers': {interface: 'postgresql_peers'}, restart: {interface: 'rolling_op'}, ...peers},
  }
}
