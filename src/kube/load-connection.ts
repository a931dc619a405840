import {access, readFile} from 'node:fs/promises'
import {isIPv6} from 'node:net'
import path from 'node:path'

import type {Cluster, User} from '@kubernetes/client-node/dist/config_types.js'

import type {Clock} from '../time/clock.ts'
import {type ClusterConnection, KubeconfigInvalid} from './connection.ts'
import {basicAuthorization, type Credentials, fixedCredentials, TokenFile} from './credentials.ts'
import {ExecPlugin} from './exec-plugin.ts'
import {proxyFromEnvironment} from './environment-proxy.ts'
import {readKubeconfig, type SelectedContext} from './kubeconfig.ts'
import {OidcCredentials} from './oidc.ts'
import {proxyUrlOf} from './proxy-url.ts'
import type {Pem} from './tls-material.ts'

export interface LoadConnectionOptions {
  /** A kubeconfig file; absent: $KUBECONFIG, ~/.kube/config, then the pod's service account. */
  readonly kubeconfig?: string | undefined
  /** Absent: the current context. */
  readonly context?: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Where a pod finds its service account. */
  readonly serviceAccountDirectory?: string
}

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Finds out how to reach the API server.
 *
 * @throws KubeconfigInvalid, which says what is missing or refused
 */
export async function loadConnection(options: LoadConnectionOptions): Promise<ClusterConnection> {
  const files = await kubeconfigFiles(options)
  if (files.length > 0) return fromContext(await readKubeconfig(files, options.context), options)
  if (options.context !== undefined)
    throw new KubeconfigInvalid(`there is no kubeconfig with context "${options.context}"`)
  return fromServiceAccount(options)
}

async function kubeconfigFiles({kubeconfig, env}: LoadConnectionOptions): Promise<readonly string[]> {
  if (kubeconfig !== undefined) return [kubeconfig]
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter(file => file !== '')
  if (listed.length > 0) return listed
  const home = env['HOME']
  if (home === undefined) return []
  const usual = path.join(home, '.kube', 'config')
  return (await exists(usual)) ? [usual] : []
}

/** In a pod: host and port from the environment, token and CA from files that the kubelet replaces. */
async function fromServiceAccount(options: LoadConnectionOptions): Promise<ClusterConnection> {
  const {env, clock, serviceAccountDirectory: directory = serviceAccount} = options
  const {KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443'} = env
  if (host === undefined)
    throw new KubeconfigInvalid('no way to the API server: give --kubeconfig, set KUBECONFIG, or run in a pod')
  const token = path.join(directory, 'token')
  if (!(await exists(token))) throw new KubeconfigInvalid(`this pod has no service account token in ${token}`)
  const namespace = await readFile(path.join(directory, 'namespace'), 'utf8').catch(() => '')
  const server = new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`)
  return {
    server,
    proxyUrl: proxyFromEnvironment(server, env),
    tls: {ca: {file: path.join(directory, 'ca.crt')}},
    credentials: new TokenFile(token, clock),
    ...(namespace.trim() === '' ? {} : {namespace: namespace.trim()}),
  }
}

function fromContext({context, cluster, user}: SelectedContext, options: LoadConnectionOptions): ClusterConnection {
  const credentials = credentialsOf(user, cluster, options)
  if (user.actsAs.length > 0)
    throw new KubeconfigInvalid(
      `user "${user.name}": ${user.actsAs.join(', ')} is not supported; use a user with these rights`,
    )
  const server = serverOf(cluster)
  return {
    server,
    tls: {
      ca: pemOf(cluster.caFile, cluster.caData),
      cert: pemOf(user.certFile, user.certData),
      key: pemOf(user.keyFile, user.keyData),
      serverName: cluster.tlsServerName,
    },
    credentials,
    proxyUrl: proxyOf(cluster) ?? proxyFromEnvironment(server, options.env),
    impersonateUser: user.impersonateUser ?? undefined,
    namespace: context.namespace,
  }
}

/** Certificates are always verified. Without TLS only this machine is reached, as with `kubectl proxy`. */
function serverOf({name, server, skipTLSVerify}: Cluster): URL {
  if (skipTLSVerify)
    throw new KubeconfigInvalid(
      `cluster "${name}": insecure-skip-tls-verify is refused; give the server's CA as certificate-authority instead`,
    )
  if (!URL.canParse(server)) throw new KubeconfigInvalid(`cluster "${name}": server "${server}" is not a URL`)
  const url = new URL(server)
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) return url
  throw new KubeconfigInvalid(`cluster "${name}": server "${server}" is refused; write https://`)
}

function proxyOf({name, proxyUrl}: Cluster): string | undefined {
  if (!proxyUrl) return undefined
  const url = proxyUrlOf(proxyUrl)
  if (url !== undefined) return url
  throw new KubeconfigInvalid(`cluster "${name}": proxy-url is refused; write http://, https:// or socks5://`)
}

/** In kubectl's order: a token (file) goes before everything else. */
function credentialsOf(user: SelectedContext['user'], cluster: Cluster, options: LoadConnectionOptions): Credentials {
  if (user.tokenFile !== undefined) return new TokenFile(user.tokenFile, options.clock)
  if (user.token) return fixedCredentials(`Bearer ${user.token}`)
  if (user.exec) return execPlugin(user, cluster, options)
  if (user.authProvider) return providerOf(user)
  if (user.username) return fixedCredentials(basicAuthorization(user.username, user.password ?? ''))
  return fixedCredentials(undefined)
}

function providerOf(user: User): Credentials {
  const provider = user.authProvider as {readonly name?: string}
  if (provider.name === 'oidc') return new OidcCredentials(user)
  throw new KubeconfigInvalid(
    `user "${user.name}": auth-provider ${provider.name} is gone since Kubernetes 1.26; use exec`,
  )
}

interface RawExec {
  readonly apiVersion?: string
  readonly command?: string
  readonly args?: readonly string[] | null
  readonly env?: readonly {readonly name: string; readonly value: string}[] | null
  readonly installHint?: string
  readonly provideClusterInfo?: boolean
  readonly interactiveMode?: string
}

function execPlugin(user: User, cluster: Cluster, {clock, env}: LoadConnectionOptions): ExecPlugin {
  const exec = user.exec as RawExec
  const {apiVersion, command, installHint} = exec
  if (!apiVersion || !command) throw new KubeconfigInvalid(`user "${user.name}": exec needs apiVersion and command`)
  if (exec.interactiveMode === 'Always')
    throw new KubeconfigInvalid(`user "${user.name}": exec with interactiveMode Always needs a terminal; there is none`)
  const config = {
    apiVersion,
    command,
    args: exec.args ?? [],
    env: Object.fromEntries((exec.env ?? []).map(({name, value}) => [name, value])),
    installHint,
    cluster: exec.provideClusterInfo === true ? clusterInfo(cluster) : undefined,
  }
  return new ExecPlugin(config, clock, env)
}

/** client.authentication.k8s.io Cluster. */
function clusterInfo(cluster: Cluster): object {
  return {
    server: cluster.server,
    ...(cluster.tlsServerName ? {'tls-server-name': cluster.tlsServerName} : {}),
    ...(cluster.caData ? {'certificate-authority-data': cluster.caData} : {}),
    ...(cluster.proxyUrl ? {'proxy-url': cluster.proxyUrl} : {}),
  }
}

/** Data in a kubeconfig is base64, and goes before a file. */
function pemOf(file: string | undefined, data: string | undefined): Pem | undefined {
  if (data) return {data: Buffer.from(data, 'base64').toString('utf8')}
  return file ? {file} : undefined
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
