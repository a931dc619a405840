import path from 'node:path'
import {parseAllDocuments} from 'yaml'
import {CommandFailed, runCommand} from '../env/process/command.ts'
import {ensureParts} from '../env/toolchain/parts.ts'

export const chartDirectory = path.resolve(import.meta.dirname, '../../charts/charmkeeper')

/** The release that tests and the demo install: the operator's identity is system:serviceaccount:charmkeeper:charmkeeper. */
export const release = {name: 'charmkeeper', namespace: 'charmkeeper'} as const

/** One object of the rendered chart. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly rules?: readonly PolicyRule[]
  readonly [field: string]: unknown
}

export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

/**
 * The chart as `helm template` renders it.
 *
 * @param values JSON, as a values file would hold
 * @throws CommandFailed with helm's words, for example when the values break the schema
 */
export async function renderChart(values: unknown = {}): Promise<readonly Manifest[]> {
  const {helm} = await ensureParts(['helm'])
  const args = ['template', release.name, chartDirectory, '--namespace', release.namespace, '--values', '-']
  const result = await runCommand(helm, args, {input: JSON.stringify(values)})
  if (result.code !== 0) throw new CommandFailed(result)
  return parseAllDocuments(result.stdout).flatMap(document => (document.toJS() as Manifest | null) ?? [])
}

/** Objects as one stream for `kubectl apply -f -`. */
export function asStream(manifests: readonly unknown[]): string {
  return manifests.map(manifest => JSON.stringify(manifest)).join('\n')
}

/** Kinds that a cluster has only with the Prometheus operator. */
export function needsPrometheusOperator({apiVersion}: Manifest): boolean {
  return apiVersion.startsWith('monitoring.coreos.com/')
}
