import {dirname, join} from 'node:path'
import {executable} from '../process/isolation.ts'
import type {PostgresBinaries} from '../postgres/cluster.ts'
import {debianParts, ensureDebianPrograms} from './debian-parts.ts'
import {ensureGoPrograms, type Report} from './go-parts.ts'

/** The real programs that the test environment is made of. */
export type PartName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kubectl'
  | 'versitygw'
  | 'helm'
  | 'juju-server'
  | 'juju-client'
  | 'postgres'
  | 'pgbackrest'
  | 'promtool'

export interface PartsOptions {
  /** Told what is being built or installed, one line at a time; default: stderr. */
  readonly report?: Report
  readonly env?: NodeJS.ProcessEnv
}

/**
 * Has every named program on this machine: taken from KUBEBUILDER_ASSETS where it is there, from the cache, built from
 * Go, or installed from Debian. What is there already costs milliseconds.
 *
 * @returns name -> path
 * @throws Error that names the command to run, where a part cannot be had: a missing part is a failure, never a skip
 */
export async function ensureParts<N extends PartName>(
  names: readonly N[],
  {report = line => process.stderr.write(`${line}\n`), env = process.env}: PartsOptions = {},
): Promise<Readonly<Record<N, string>>> {
  const given = fromKubebuilder(names, env)
  const wanted = names.filter(name => given[name] === undefined)
  const compiler = wanted.some(name => name === 'juju-server') ? ['gcc'] : []
  const debian = await ensureDebianPrograms([...wanted.filter(name => name in debianParts), ...compiler], env, report)
  const built = await ensureGoPrograms(wanted, env, report)
  return {...given, ...debian, ...built} as Record<N, string>
}

/** PostgreSQL 15 and pgBackRest, as PostgresCluster takes them. */
export async function ensurePostgres(options?: PartsOptions): Promise<PostgresBinaries> {
  const {postgres, pgbackrest} = await ensureParts(['postgres', 'pgbackrest'], options)
  return {postgresDir: dirname(postgres), pgbackrest}
}

/** A control plane that is on the machine already, as setup-envtest leaves it. */
function fromKubebuilder(names: readonly PartName[], env: NodeJS.ProcessEnv): Partial<Record<PartName, string>> {
  const assets = env['KUBEBUILDER_ASSETS']
  if (assets === undefined || assets === '') return {}
  const offered = names.filter(name => ['etcd', 'kube-apiserver', 'kubectl'].includes(name))
  return Object.fromEntries(
    offered.map(name => [name, join(assets, name)]).filter(([, path]) => executable(path ?? '')),
  )
}
