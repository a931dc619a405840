import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import type {ControlPlane} from '../../test/env/kubernetes/control-plane.ts'
import {CommandFailed, runCommand} from '../../test/env/process/command.ts'
import type {Kubectl} from '../../test/env/provision.ts'
import {ensureParts} from '../../test/env/toolchain/parts.ts'
import {release} from '../../test/support/chart.ts'

/** The cluster of the demo, its own or a given one. */
export interface DemoCluster {
  /** of the administrator */
  readonly kubeconfig: string
  readonly kubectl: Kubectl
  /** Writes a kubeconfig with which the operator is what the chart makes it; call it once the chart is there. */
  operatorKubeconfig(): Promise<string>
}

export function embeddedCluster(plane: ControlPlane): DemoCluster {
  return {
    kubeconfig: plane.kubeconfigPath,
    kubectl: (args, options) => plane.kubectlOrThrow(args, options),
    operatorKubeconfig: () => Promise.resolve(plane.kubeconfigFor('operator')),
  }
}

/** @param directory for the files that are written */
export async function givenCluster(kubeconfig: string, directory: string): Promise<DemoCluster> {
  const parts = await ensureParts(['kubectl'])
  const kubectl: Kubectl = async (args, options) => {
    const result = await runCommand(parts.kubectl, ['--kubeconfig', kubeconfig, ...args], options)
    if (result.code !== 0) throw new CommandFailed(result)
    return result.stdout
  }
  return {kubeconfig, kubectl, operatorKubeconfig: () => withOperatorToken(kubectl, directory)}
}

interface Kubeconfig {
  clusters: {name: string}[]
  contexts: {name: string; context: {cluster: string; user: string; namespace?: string}}[]
  users: unknown[]
}

/** The same cluster, and the token of the operator's ServiceAccount instead of the administrator's rights. */
async function withOperatorToken(kubectl: Kubectl, directory: string): Promise<string> {
  const {name, namespace} = release
  const token = await kubectl(['create', 'token', name, '--namespace', namespace, '--duration=8h'])
  const config = JSON.parse(
    await kubectl(['config', 'view', '--raw', '--minify', '--flatten', '--output=json']),
  ) as Kubeconfig
  const user = 'charmkeeper-operator'
  config.users = [{name: user, user: {token: token.trim()}}]
  for (const {context} of config.contexts) Object.assign(context, {user, namespace})
  const file = path.join(directory, 'operator.kubeconfig')
  await writeFile(file, JSON.stringify(config), {mode: 0o600})
  return file
}
