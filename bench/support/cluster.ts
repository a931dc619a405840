import {crdOf} from '../../src/api/crd.ts'
import {kinds} from '../../src/api/kinds.ts'
import {KubeClient, type KubeClientOptions} from '../../src/kube/client.ts'
import {HttpTransport} from '../../src/kube/http-transport.ts'
import {loadConnection} from '../../src/kube/load-connection.ts'
import {systemClock} from '../../src/time/clock.ts'
import {startControlPlane, type ControlPlane} from '../../test/env/kubernetes/control-plane.ts'
import {makeWorkDirectory} from '../../test/env/work-directory.ts'

export const benchNamespace = 'bench'

/** Runs `work` on a real control plane that has our kinds and one namespace. */
export async function withCluster<T>(work: (cluster: ControlPlane) => Promise<T>): Promise<T> {
  const directory = await makeWorkDirectory('bench')
  const cluster = await startControlPlane({dir: directory.path})
  try {
    const crds = kinds.map(kind => JSON.stringify(crdOf(kind))).join('\n')
    await cluster.kubectlOrThrow(['apply', '--server-side', '-f', '-'], {input: crds})
    await cluster.kubectlOrThrow(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all'])
    await cluster.kubectlOrThrow(['create', 'namespace', benchNamespace])
    return await work(cluster)
  } finally {
    await cluster.stop()
    await directory.remove()
  }
}

/** Our client and its transport, as the operator uses them. */
export async function openClient(
  kubeconfig: string,
  options: Partial<KubeClientOptions> = {},
): Promise<{client: KubeClient; transport: HttpTransport}> {
  const connection = await loadConnection({kubeconfig, env: {}, clock: systemClock})
  const transport = new HttpTransport({connection, clock: systemClock, userAgent: 'charmkeeper-bench'})
  return {client: new KubeClient({transport, clock: systemClock, random: Math.random, ...options}), transport}
}
