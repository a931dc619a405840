import type {Charm} from './machine.ts'

export type ModelAccess = 'read' | 'write' | 'admin'
/** Juju's words: `iaas` for machines, `caas` for Kubernetes. */
export type ModelType = 'iaas' | 'caas'

export interface ApplicationSeed {
  readonly name: string
  readonly charm: Charm
  readonly units: number
  /** Options that were set. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** What a test puts into a model; the same for every Juju behind it. */
export interface ModelSeed {
  readonly name: string
  /** Default `admin`. */
  readonly owner?: string
  readonly uuid?: string
  readonly type?: ModelType
  readonly applications: readonly ApplicationSeed[]
  /** Pairs of `application:endpoint`. */
  readonly relations?: readonly (readonly [string, string])[]
  /** Access of users by name; default: `operator` writes, `viewer` reads. */
  readonly access?: Readonly<Record<string, ModelAccess>>
}
