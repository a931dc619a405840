import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {charmFiles, type CharmDescription} from '../charm.ts'
import type {Charm} from '../machine.ts'
import type {ApplicationSeed, ModelAccess, ModelSeed} from '../model-seed.ts'

export interface RealUser {
  readonly name: string
  readonly password: string
}

/** What the real server starts with. */
export interface RealJujuSeed {
  readonly users: readonly RealUser[]
  readonly models: readonly ModelSeed[]
  /** URL of the Charmhub that charms come from. */
  readonly charmhub: string
  /** Local charms that every model gets besides those of its applications, to refresh to. */
  readonly localCharms: readonly Charm[]
}

/**
 * Writes what the real server is seeded with: a folder per local charm, and the JSON that describes users and models.
 *
 * @param dir made when it is not there
 * @returns the path of the JSON
 */
export async function writeRealJujuSeed(dir: string, seed: RealJujuSeed): Promise<string> {
  await mkdir(dir, {recursive: true})
  const {users, models, charmhub, localCharms} = seed
  const charms = []
  for (const {description} of localCharms)
    charms.push({folder: await writeCharm(dir, description), revision: description.revision})
  const described = []
  for (const model of models) described.push({...(await describeModel(dir, model, users)), localCharms: charms})
  const file = join(dir, 'seed.json')
  await writeFile(file, JSON.stringify({charmhub, users, models: described}, undefined, 2))
  return file
}

const usualAccess: Readonly<Record<string, ModelAccess>> = {operator: 'write', viewer: 'read', modeladmin: 'admin'}

async function describeModel(dir: string, model: ModelSeed, users: readonly RealUser[]): Promise<object> {
  const {name, owner = 'admin', uuid = '', type = 'iaas', relations = []} = model
  const usual = Object.fromEntries(
    Object.entries(usualAccess).filter(([name]) => users.some(user => user.name === name)),
  )
  const applications = []
  for (const application of model.applications) applications.push(await describeApplication(dir, application))
  return {
    name,
    owner,
    uuid,
    type: type === 'iaas' ? 'machines' : 'kubernetes',
    access: model.access ?? usual,
    applications,
    relations,
  }
}

async function describeApplication(dir: string, {name, charm, units, config = {}}: ApplicationSeed): Promise<object> {
  const {description} = charm
  const {local = false, channel, revision, base, workloadVersion} = description
  return {
    name,
    charm: local ? await writeCharm(dir, description) : description.name,
    channel: local ? '' : channel,
    revision,
    base: `${base.name}@${base.channel.replace(/\/.*$/, '')}`,
    units,
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)])),
    workloadVersion,
  }
}

/** @returns the folder */
async function writeCharm(dir: string, charm: CharmDescription): Promise<string> {
  const folder = join(dir, `${charm.name}-${charm.revision}`)
  await mkdir(folder, {recursive: true})
  for (const [file, text] of Object.entries(charmFiles(charm)))
    await writeFile(join(folder, file), text, {mode: file === 'dispatch' ? 0o755 : 0o644})
  return folder
}
