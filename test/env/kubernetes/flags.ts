import {join} from 'node:path'

/** Files and ports of one control plane. */
export interface ControlPlaneLayout {
  readonly directory: string
  readonly apiServerPort: number
  readonly etcdPort: number
  readonly etcdPeerPort: number
}

export const certificateFile = (directory: string) => join(directory, 'apiserver.crt')
export const keyFile = (directory: string) => join(directory, 'apiserver.key')
export const tokensFile = (directory: string) => join(directory, 'tokens.csv')
export const serviceAccountKeyFile = (directory: string) => join(directory, 'service-accounts.key')

export function etcdFlags({directory, etcdPort, etcdPeerPort}: ControlPlaneLayout): string[] {
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${etcdPeerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${etcdPeerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${etcdPeerPort}`,
    // The data need not survive a power cut.
    '--unsafe-no-fsync',
    '--log-level=warn',
  ]
}

export function apiServerFlags({directory, apiServerPort, etcdPort}: ControlPlaneLayout): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${apiServerPort}`,
    `--cert-dir=${directory}`,
    `--tls-cert-file=${certificateFile(directory)}`,
    `--tls-private-key-file=${keyFile(directory)}`,
    `--token-auth-file=${tokensFile(directory)}`,
    '--authorization-mode=RBAC',
    '--anonymous-auth=false',
    // No controller makes the ServiceAccounts that this plugin wants to find.
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://charmkeeper.test',
    `--service-account-key-file=${serviceAccountKeyFile(directory)}`,
    `--service-account-signing-key-file=${serviceAccountKeyFile(directory)}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    // There is one API server, and a loopback address is refused as an endpoint.
    '--endpoint-reconciler-type=none',
    '--profiling=false',
  ]
}

/**
 * What makes owner references, namespace deletion and aggregated roles behave as on a cluster. It serves nothing:
 * no port.
 */
export function controllerManagerFlags(kubeconfig: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--controllers=garbage-collector-controller,namespace-controller,clusterrole-aggregation-controller',
    '--leader-elect=false',
    '--secure-port=0',
  ]
}
