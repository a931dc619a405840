import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as pause} from 'node:timers/promises'
import {Agent, fetch} from 'undici'
import {parse, parseAllDocuments} from 'yaml'
import type {KubeObject, ResourceType} from '../../src/api/meta.ts'
import {startControlPlane, type ControlPlane} from '../env/kubernetes/control-plane.ts'
import {makeWorkDirectory} from '../env/work-directory.ts'

const root = join(import.meta.dirname, '../..')
export const NAMESPACE = 'databases'

/** Any object, for tests that send what the types forbid. */
export type Raw = Record<string, unknown> & {metadata: Record<string, unknown> & {name: string}}

/** What the API server answers to a refused request. */
export interface Refusal {
  readonly code: number
  readonly message: string
  readonly causes: readonly {readonly field: string; readonly message: string; readonly reason: string}[]
}
export type Answer = {readonly ok: true; readonly object: Raw} | {readonly ok: false; readonly refusal: Refusal}

/** A real API server with the generated CRDs, spoken to over plain HTTP so that nothing of ours stands in between. */
export class TestApi {
  readonly plane: ControlPlane
  readonly #remove: () => Promise<void>
  readonly #agent: Agent

  private constructor(plane: ControlPlane, remove: () => Promise<void>) {
    this.plane = plane
    this.#remove = remove
    this.#agent = new Agent({connect: {ca: plane.caCertificate}})
  }

  /** Starts it with all CRDs established and the namespace of the tests. */
  static async start(): Promise<TestApi> {
    const work = await makeWorkDirectory('ck-api')
    const plane = await startControlPlane({dir: join(work.path, 'control-plane')})
    const api = new TestApi(plane, () => work.remove())
    try {
      for (const crd of await readCrds()) await api.installCrd(crd)
      await api.must('POST', '/api/v1/namespaces', {metadata: {name: NAMESPACE}})
      return api
    } catch (fault) {
      await api.stop()
      throw fault
    }
  }

  async stop(): Promise<void> {
    await this.#agent.close()
    await this.plane.stop()
    await this.#remove()
  }

  /** Creates or replaces a CRD and waits until its kind is served. */
  async installCrd(crd: Raw): Promise<void> {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
    const current = await this.send('GET', `${path}/${crd.metadata.name}`)
    if (current.ok) {
      const {resourceVersion} = current.object.metadata
      await this.must('PUT', `${path}/${crd.metadata.name}`, {...crd, metadata: {...crd.metadata, resourceVersion}})
    } else {
      await this.must('POST', path, crd)
    }
    await this.until(`${crd.metadata.name} is established`, async () => {
      const {status} = await this.must('GET', `${path}/${crd.metadata.name}`)
      const {conditions} = status as {conditions: {type: string; status: string}[] | null}
      return (conditions ?? []).some(({type, status: is}) => type === 'Established' && is === 'True')
    })
  }

  /** Field validation is strict: an unknown field is refused instead of dropped. */
  create(resource: ResourceType, object: object, {dryRun = false} = {}): Promise<Answer> {
    const query = `?fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`
    return this.send('POST', pathOf(resource) + query, identified(resource, object))
  }

  /** Replaces the object, whatever its version. */
  async replace(resource: ResourceType, object: Raw): Promise<Answer> {
    const {resourceVersion} = (await this.read(resource, object.metadata.name)).metadata
    const path = `${pathOf(resource)}/${object.metadata.name}?fieldValidation=Strict`
    return this.send('PUT', path, identified(resource, {...object, metadata: {...object.metadata, resourceVersion}}))
  }

  read(resource: ResourceType, name: string): Promise<Raw> {
    return this.must('GET', `${pathOf(resource)}/${name}`)
  }

  /** Puts the status, as the operator does. */
  async putStatus(resource: ResourceType, name: string, status: object): Promise<Answer> {
    const path = `${pathOf(resource)}/${name}/status?fieldManager=charmkeeper-status&fieldValidation=Strict`
    const {metadata, ...object} = await this.read(resource, name)
    const {managedFields: _notInOurCache, ...rest} = metadata
    return this.send('PUT', path, identified(resource, {...object, metadata: rest, status}))
  }

  /** Server-side apply of an object, as GitOps tools do it. */
  apply(resource: ResourceType, object: Raw, manager: string): Promise<Answer> {
    const path = `${pathOf(resource)}/${object.metadata.name}?fieldManager=${manager}&fieldValidation=Strict`
    return this.send('PATCH', path, identified(resource, object), 'application/apply-patch+yaml')
  }

  /** Server-side apply of a part of the status, by somebody else. */
  applyStatus(resource: ResourceType, name: string, status: object, manager: string): Promise<Answer> {
    const path = `${pathOf(resource)}/${name}/status?fieldManager=${manager}&force=true&fieldValidation=Strict`
    return this.send('PATCH', path, identified(resource, {metadata: {name}, status}), 'application/apply-patch+yaml')
  }

  async must(method: string, path: string, body?: object): Promise<Raw> {
    const answer = await this.send(method, path, body)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.refusal.message}`)
    return answer.object
  }

  async send(method: string, path: string, body?: object, contentType = 'application/json'): Promise<Answer> {
    const response = await fetch(this.plane.url + path, {
      method,
      headers: {authorization: `Bearer ${this.plane.adminToken}`, 'content-type': contentType},
      ...(body && {body: JSON.stringify(body)}),
      dispatcher: this.#agent,
    })
    const answer = (await response.json()) as Raw
    if (response.ok) return {ok: true, object: answer}
    const {details} = answer as {details?: {causes?: Refusal['causes']}}
    const refusal = {code: response.status, message: String(answer['message']), causes: details?.causes ?? []}
    return {ok: false, refusal}
  }

  /** Asks until the answer is yes. @throws after 20 s */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = AbortSignal.timeout(20_000)
    while (!(await holds())) {
      if (deadline.aborted) throw new Error(`never came true: ${what}`)
      await pause(50)
    }
  }
}

/** The generated CRDs as they are on disk, which a unit test holds to the schemas. */
export async function readCrds(): Promise<Raw[]> {
  const directory = join(root, 'crds')
  const files = (await readdir(directory)).filter(file => file.endsWith('.yaml')).sort()
  return Promise.all(files.map(async file => parse(await readFile(join(directory, file), 'utf8')) as Raw))
}

/** All documents of a YAML file, and its text. */
export async function readYaml(...path: string[]): Promise<{text: string; objects: (Raw & KubeObject)[]}> {
  const text = await readFile(join(root, ...path), 'utf8')
  return {text, objects: parseAllDocuments(text).map(document => document.toJS() as Raw & KubeObject)}
}

export function pathOf({group, version, plural}: ResourceType): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return `${base}/namespaces/${NAMESPACE}/${plural}`
}

function identified({group, version, kind}: ResourceType, object: object): object {
  return {apiVersion: group === '' ? version : `${group}/${version}`, kind, ...object}
}
