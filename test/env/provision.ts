import {join, resolve} from 'node:path'
import {asStream, needsPrometheusOperator, release, renderChart, type Manifest} from '../support/chart.ts'
import type {RunningJuju} from './juju/running-juju.ts'
import type {S3Server} from './s3/server.ts'

const root = resolve(import.meta.dirname, '../..')

/** The namespace of the examples, and the names in it that they refer to. */
export const tenantNamespace = 'databases'
export const references = {
  jujuCredentials: 'juju-operator',
  jujuCertificate: 'juju-ca',
  storeCredentials: 's3-backups',
  storeCertificate: 's3-ca',
  /** Key of a certificate in its ConfigMap. */
  certificateKey: 'ca.crt',
} as const

/** Runs kubectl as an administrator and returns stdout. @throws Error when it fails */
export type Kubectl = (args: readonly string[], options?: {input?: string}) => Promise<string>

/** Installs the CRDs and all of the chart but what only a cluster with nodes can run; the operator runs elsewhere. */
export async function installOperatorRights(kubectl: Kubectl): Promise<void> {
  await kubectl(['apply', '--server-side', '--filename', join(root, 'crds')])
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', '--filename', join(root, 'crds')])
  for (const namespace of [release.namespace, tenantNamespace])
    await applyObjects(kubectl, [namespaceObject(namespace)])
  const chart = await renderChart({secretsReader: {bind: [tenantNamespace]}, crds: {install: false}})
  await applyObjects(kubectl, chart.filter(runsWithoutNodes))
}

/** Puts what the examples refer to into their namespace: credentials and certificates of this Juju and this store. */
export async function createReferences(
  kubectl: Kubectl,
  juju: Pick<RunningJuju, 'username' | 'password' | 'caCertificate'>,
  s3: Pick<S3Server, 'accessKey' | 'secretKey' | 'caCertificate'>,
): Promise<void> {
  const {jujuCredentials, jujuCertificate, storeCredentials, storeCertificate, certificateKey} = references
  const {username, password} = juju
  await applyObjects(kubectl, [
    namespaceObject(tenantNamespace),
    tenantObject('Secret', jujuCredentials, {stringData: {username, password}}),
    tenantObject('ConfigMap', jujuCertificate, {data: {[certificateKey]: juju.caCertificate}}),
    tenantObject('Secret', storeCredentials, {stringData: {'access-key': s3.accessKey, 'secret-key': s3.secretKey}}),
    tenantObject('ConfigMap', storeCertificate, {data: {[certificateKey]: s3.caCertificate}}),
  ])
}

async function applyObjects(kubectl: Kubectl, objects: readonly unknown[]): Promise<void> {
  await kubectl(['apply', '--server-side', '--filename', '-'], {input: asStream(objects)})
}

const workloads = ['Deployment', 'PodDisruptionBudget', 'Service']

const runsWithoutNodes = (manifest: Manifest) =>
  !workloads.includes(manifest.kind) && !needsPrometheusOperator(manifest)

const namespaceObject = (name: string) => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})

const tenantObject = (kind: 'Secret' | 'ConfigMap', name: string, rest: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'v1',
  kind,
  metadata: {name, namespace: tenantNamespace},
  ...rest,
})
