/** A parameter or an object of parameters as JSON schema, as an `actions.yaml` declares it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One action of a charm. */
export interface ActionSpec {
  readonly description: string
  /** JSON schemas of the parameters by name. */
  readonly parameters: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  /** May run beside other actions. */
  readonly parallel?: boolean
  /** `execution-group` */
  readonly group?: string
  /** Where the charm says it; without a word Juju takes no other parameters either. */
  readonly additionalProperties?: boolean
}

/** One configuration option of a charm. */
export interface OptionSpec {
  readonly type: 'string' | 'int' | 'float' | 'boolean' | 'secret'
  readonly description: string
  readonly default?: string | number | boolean
}

/** An endpoint of a charm in its metadata. */
export interface EndpointSpec {
  readonly interface: string
  /** 0 or absent: any number of relations. */
  readonly limit?: number
  readonly optional?: boolean
  /** `container`: relates only units on the same machine, as subordinates do. Default global. */
  readonly scope?: 'container'
}

/** A resource of a charm in its metadata. */
export interface ResourceSpec {
  readonly type: 'oci-image' | 'file'
  readonly description: string
  /** Name of the file; of an image none. */
  readonly path?: string
  /** The resource's revision that Charmhub publishes beside the charm's revision; default 0. */
  readonly revision?: number
}

/** What a model knows of a charm: its metadata, actions and options. */
export interface CharmDescription {
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly revision: number
  /** Deployed from a file instead of Charmhub. */
  readonly local?: boolean
  /** Charmhub channel, for example `14/stable`. */
  readonly channel: string
  readonly base: {readonly name: string; readonly channel: string}
  /** What the charm reports as its workload's version, '' when it reports none. */
  readonly workloadVersion: string
  readonly actions: Readonly<Record<string, ActionSpec>>
  readonly options: Readonly<Record<string, OptionSpec>>
  readonly provides: Readonly<Record<string, EndpointSpec>>
  readonly requires: Readonly<Record<string, EndpointSpec>>
  readonly peers: Readonly<Record<string, EndpointSpec>>
  /** Its units sit on the machines of the applications that it is related to with scope `container`. */
  readonly subordinate?: boolean
  readonly resources?: Readonly<Record<string, ResourceSpec>>
  /** Containers of a Kubernetes charm by name, each with the resource that is its image. */
  readonly containers?: Readonly<Record<string, {readonly resource: string}>>
  /** Ports that its pods open on Kubernetes, for example `5432/TCP`. */
  readonly openPorts?: readonly string[]
  /** Default: amd64 only. */
  readonly architectures?: readonly string[]
}

/** `actions.yaml`, `config.yaml`, `metadata.yaml` and `manifest.yaml` as JSON, which is YAML: what a charm archive holds. */
export function charmFiles(charm: CharmDescription): Record<string, string> {
  const {base, resources = {}, architectures = ['amd64']} = charm
  const metadata = {
    name: charm.name,
    summary: charm.summary,
    description: charm.description,
    provides: charm.provides,
    requires: charm.requires,
    peers: charm.peers,
    subordinate: charm.subordinate,
    resources: Object.fromEntries(Object.entries(resources).map(([name, spec]) => [name, resource(name, spec)])),
    containers: charm.containers,
  }
  return {
    'metadata.yaml': yaml(metadata),
    'actions.yaml': yaml(Object.fromEntries(Object.entries(charm.actions).map(([name, spec]) => [name, action(spec)]))),
    'config.yaml': yaml({options: charm.options}),
    'manifest.yaml': yaml({bases: [{name: base.name, channel: base.channel, architectures}]}),
    dispatch: '#!/bin/sh\nexit 0\n',
  }
}

function resource(name: string, {type, description, path = name}: ResourceSpec): Record<string, unknown> {
  return {type, description, ...(type === 'file' ? {filename: path} : {})}
}

function action(spec: ActionSpec): Record<string, unknown> {
  const {description, parameters, required, parallel, group, additionalProperties} = spec
  return {description, params: parameters, required, parallel, 'execution-group': group, additionalProperties}
}

function yaml(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
