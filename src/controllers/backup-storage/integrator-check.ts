import type {BackupStorageSpec} from '../../api/backup-storage.ts'
import type {Setting} from '../../juju/applications.ts'
import type {ModelSnapshot} from '../../juju/snapshot.ts'
import type {ApplicationStatus} from '../../juju/status.ts'
import {compareIntegrator, describeDifferences, integratorLocation} from '../../storage/integrator.ts'
import type {Clock} from '../../time/clock.ts'
import {caSource, readCertificate} from '../credentials/certificates.ts'
import type {SourceReader} from '../credentials/source-reader.ts'
import type {ModelHandle} from '../juju-model/directory.ts'

/** Whether the backups of an application go to where its BackupStorage says; the location is the integrator's. */
export type DestinationCheck =
  | {
      readonly ok: true
      readonly endpoint: string
      readonly region: string
      readonly bucket: string
      readonly path: string
    }
  | {readonly ok: false; readonly reason: 'StorageNotConfigured' | 'StorageMismatch'; readonly message: string}

export interface DestinationChecksDeps {
  readonly sources: SourceReader
  readonly clock: Clock
}

/** How long an integrator's configuration may be used before it is read again, in ms. */
const configMaxAgeMs = 15_000

/** The options that say where backups go; nothing else of the configuration is kept. */
const locationOptions = [
  'bucket',
  'endpoint',
  'region',
  'path',
  's3-uri-style',
  'storage-class',
  's3-api-version',
  'attributes',
  'tls-ca-chain',
] as const

type Config = Readonly<Record<string, unknown>>

interface Reading {
  readonly readAt: number
  readonly config: Promise<Config>
}

interface Comparison {
  readonly handle: ModelHandle
  readonly application: string
  readonly endpoint: string | undefined
  readonly spec: BackupStorageSpec | undefined
  readonly snapshot: ModelSnapshot
}

/**
 * Compares BackupStorages with the integrators in Juju that the charms really use, before anything is backed up. One reading of
 * an integrator serves all jobs of a model for a moment; a refusal is always founded on a reading of its own.
 */
export class DestinationChecks {
  readonly #deps: DestinationChecksDeps
  readonly #configs = new Map<string, Reading>()

  constructor(deps: DestinationChecksDeps) {
    this.#deps = deps
  }

  /**
   * @param endpoint of the application, whose other side is the integrator: `s3-parameters`; undefined: known by its interface
   * @param spec undefined: only whether there is an integrator that works
   * @throws JujuError, ConnectionLost, ApiError: nothing is known, so do nothing
   */
  readonly check = async (
    handle: ModelHandle,
    application: string,
    endpoint: string | undefined,
    spec: BackupStorageSpec | undefined,
    signal?: AbortSignal,
  ): Promise<DestinationCheck> => {
    const known = handle.snapshots.latest
    const cached = this.#cachedConfigs(handle.modelUUID)
    const snapshot = known ?? (await handle.snapshots.refreshNow(signal))
    const first = await this.#compare({handle, application, endpoint, spec, snapshot})
    if (first.ok) return first
    // A refusal is final for a job: who has just mended the integration, or the CA, must not be refused for what was there before.
    if (first.reason === 'StorageMismatch') this.#forgetWhatWasCompared(handle, spec, cached)
    else if (known === undefined) return first
    return this.#compare({handle, application, endpoint, spec, snapshot: await handle.snapshots.refreshNow(signal)})
  }

  #forgetWhatWasCompared(
    {namespace}: ModelHandle,
    spec: BackupStorageSpec | undefined,
    cached: ReadonlyMap<string, Reading>,
  ): void {
    const ca = spec === undefined ? undefined : caSource(namespace, spec.s3)
    if (ca !== undefined) this.#deps.sources.invalidate(ca)
    for (const [key, reading] of cached) if (this.#configs.get(key) === reading) this.#configs.delete(key)
  }

  async #compare({handle, application, endpoint, spec, snapshot}: Comparison): Promise<DestinationCheck> {
    const found = findIntegrator(snapshot, application, endpoint)
    if (!found.ok) return found
    const unnamed = spec === undefined ? undefined : whyNotNamed(spec, handle.name, application, found.integrator)
    if (unnamed !== undefined) return {ok: false, reason: 'StorageMismatch', message: unnamed}
    const config = await this.#config(handle, found.integrator)
    const {endpoint: where, region, bucket, path} = integratorLocation(config)
    const place = {ok: true, endpoint: where, region, bucket, path} as const
    if (spec === undefined) return place
    const ca = await readCertificate(this.#deps.sources, handle.namespace, spec.s3)
    if (!ca.ok) throw new Error(ca.message)
    const differences = compareIntegrator(spec.s3, config, ca.caCertificate)
    if (differences.length === 0) return place
    const message = `${found.integrator} points elsewhere than the BackupStorage: ${describeDifferences(differences)}`
    return {ok: false, reason: 'StorageMismatch', message}
  }

  /** The next check of the model reads its integrators again. */
  invalidate(modelUUID: string): void {
    for (const key of this.#configs.keys()) if (key.startsWith(`${modelUUID}/`)) this.#configs.delete(key)
  }

  /** The readings of the model's integrators that were begun before now. */
  #cachedConfigs(modelUUID: string): ReadonlyMap<string, Reading> {
    return new Map([...this.#configs].filter(([key]) => key.startsWith(`${modelUUID}/`)))
  }

  /** Not with the signal of one caller: others wait for the same answer. */
  #config(handle: ModelHandle, integrator: string): Promise<Config> {
    const now = this.#deps.clock.monotonic()
    for (const [key, {readAt}] of this.#configs) if (now - readAt >= configMaxAgeMs) this.#configs.delete(key)
    const key = `${handle.modelUUID}/${integrator}`
    const known = this.#configs.get(key)
    if (known !== undefined) return known.config
    const config = handle.session.applicationGet(integrator).then(({settings}) => locationOf(settings))
    this.#configs.set(key, {readAt: now, config})
    config.catch(() => {
      if (this.#configs.get(key)?.config === config) this.#configs.delete(key)
    })
    return config
  }
}

type Found =
  | {readonly ok: true; readonly integrator: string}
  | {readonly ok: false; readonly reason: 'StorageNotConfigured'; readonly message: string}

/**
 * The integrator behind an endpoint of the application, if it can work. Where the endpoint is not known, it is the one that the
 * application has a relation of the interface `s3` with.
 */
export function findIntegrator(
  {status}: Pick<ModelSnapshot, 'status'>,
  application: string,
  endpoint: string | undefined,
): Found {
  const relations = status.relations.filter(relation =>
    relation.endpoints.some(
      end =>
        end.application === application &&
        (endpoint === undefined ? relation.interface === 's3' && end.role === 'requirer' : end.endpoint === endpoint),
    ),
  )
  const others = relations.flatMap(one => one.endpoints.filter(end => end.application !== application))
  const [other] = others
  if (other === undefined) return notIntegrated(application, endpoint)
  if (endpoint === undefined && others.length > 1) {
    const names = others.map(one => one.application).join(' and ')
    return notConfigured(`${application} is integrated with ${names}; which of them its backups go to is not known`)
  }
  const integrator = status.applications.get(other.application)
  if (integrator === undefined)
    return notConfigured(
      `${other.application}, the integrator of ${application}, is in another model, where it cannot be read`,
    )
  const complaint = complaintOf(integrator)
  return complaint === undefined
    ? {ok: true, integrator: other.application}
    : notConfigured(`${other.application} is blocked: ${complaint}`)
}

function notIntegrated(application: string, endpoint: string | undefined): Found {
  const where = endpoint === undefined ? application : `${application}:${endpoint}`
  const what = endpoint === undefined ? 'no relation of the interface s3' : `no relation at ${endpoint}`
  return notConfigured(
    `${application} has ${what}: integrate it with an integrator of the store, such as \`juju integrate ${where} s3-integrator\``,
  )
}

/** A BackupStorage that lists its integrators stands for these only, also when another one points to the same place. */
function whyNotNamed(
  {integrations = []}: BackupStorageSpec,
  model: string,
  application: string,
  integrator: string,
): string | undefined {
  const isNamed = integrations.some(one => one.modelRef.name === model && one.application === integrator)
  if (integrations.length === 0 || isNamed) return undefined
  return (
    `the integrator behind ${application} is ${integrator} of the JujuModel ${model}, which spec.integrations of the ` +
    `BackupStorage does not name: add {modelRef: {name: ${model}}, application: ${integrator}} there, or remove spec.integrations`
  )
}

/** What the integrator itself misses; the application's status is that of its worst unit, but only a little later. */
function complaintOf({status, units}: ApplicationStatus): string | undefined {
  return [...units.map(({workload}) => workload), status].find(one => one.status === 'blocked')?.message
}

function notConfigured(message: string): Found & {ok: false} {
  return {ok: false, reason: 'StorageNotConfigured', message}
}

function locationOf(settings: ReadonlyMap<string, Setting>): Config {
  return Object.fromEntries(locationOptions.map(name => [name, settings.get(name)?.value]))
}
