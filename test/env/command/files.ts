import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {release} from '../../support/chart.ts'
import {names, type Environment} from '../environment.ts'
import {tenantNamespace} from '../provision.ts'

/** What `up` leaves in its folder for people and programs. */
export interface EnvironmentState {
  /** The process that everything else belongs to. */
  readonly pid: number
  /** Where the parts keep their data. */
  readonly workDirectory: string
  readonly juju: string
  readonly endpoints: Readonly<Record<string, string>>
  readonly processes: Readonly<Record<string, number>>
}

export const logFile = (directory: string) => join(directory, 'log')
const stateFile = (directory: string) => join(directory, 'state.json')

/** undefined: nothing was started in this folder, or it is not ready yet. */
export async function readState(directory: string): Promise<EnvironmentState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile(directory), 'utf8')) as EnvironmentState
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes the files of a ready environment; the state last, since it says that the others are there. */
export async function writeFiles(directory: string, environment: Environment, workDirectory: string): Promise<void> {
  await mkdir(directory, {recursive: true})
  const {controlPlane, juju, s3, cluster} = environment
  const {kind, endpoint, caCertificate, username, password, controllerUUID, modelUUID, control} = juju
  const {region, bucket, accessKey, secretKey} = s3
  const state: EnvironmentState = {
    pid: process.pid,
    workDirectory,
    juju: kind,
    endpoints: {
      kubernetes: controlPlane.url,
      juju: endpoint,
      'juju control': control,
      s3: s3.endpoint,
      ...(cluster === undefined ? {} : {postgresql: cluster.paths.socket}),
    },
    processes: environment.processes,
  }
  const files = {
    kubeconfig: controlPlane.kubeconfig('admin', tenantNamespace),
    'operator.kubeconfig': controlPlane.kubeconfig('operator', release.namespace),
    'juju.json': pretty({endpoint, caCertificate, username, password, controllerUUID, modelUUID, control}),
    's3.json': pretty({
      endpoint: s3.endpoint,
      region,
      bucket,
      path: names.path,
      uriStyle: 'Path',
      accessKey,
      secretKey,
      caCertificate: s3.caCertificate,
    }),
    'state.json': pretty(state),
  }
  for (const [name, text] of Object.entries(files)) await writeWhole(join(directory, name), text)
}

const ownFiles = ['state.json', 'kubeconfig', 'operator.kubeconfig', 'juju.json', 's3.json']

/** Removes what writeFiles wrote, the state first. The log stays: it says why. */
export async function removeFiles(directory: string): Promise<void> {
  for (const name of ownFiles) await rm(join(directory, name), {force: true})
}

const pretty = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, {mode: 0o600})
  await rename(`${path}.new`, path)
}
