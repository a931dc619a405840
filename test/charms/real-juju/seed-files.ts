import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {charmFiles} from '../charm.ts'
import type {ApplicationSeed, ModelSeed} from '../model-seed.ts'

export interface RealUser {
  readonly name: string
  readonly password: string
}

/**
 * Writes what the real server is seeded with: a folder per charm, and the JSON that describes users and models.
 *
 * @param dir made when it is not there
 * @returns the path of the JSON
 */
export async function writeRealJujuSeed(
  dir: string,
  users: readonly RealUser[],
  models: readonly ModelSeed[],
): Promise<string> {
  const described = []
  for (const model of models) described.push(await describeModel(dir, model))
  const file = join(dir, 'seed.json')
  await writeFile(file, JSON.stringify({users, models: described}, undefined, 2))
  return file
}

async function describeModel(dir: string, model: ModelSeed): Promise<object> {
  const {name, owner = 'admin', uuid = '', type = 'iaas', relations = []} = model
  const applications = []
  for (const application of model.applications) applications.push(await describeApplication(dir, application))
  return {
    name,
    owner,
    uuid,
    type: type === 'iaas' ? 'machines' : 'kubernetes',
    access: model.access ?? {operator: 'write', viewer: 'read'},
    applications,
    relations,
  }
}

async function describeApplication(dir: string, {name, charm, units, config = {}}: ApplicationSeed): Promise<object> {
  const {description} = charm
  const folder = join(dir, `${description.name}-${description.revision}`)
  await mkdir(folder, {recursive: true})
  for (const [file, text] of Object.entries(charmFiles(description)))
    await writeFile(join(folder, file), text, {mode: file === 'dispatch' ? 0o755 : 0o644})
  const {local = false, channel, revision, base, workloadVersion} = description
  return {
    name,
    charm: folder,
    channel: local ? '' : channel,
    revision,
    base: `${base.name}@${base.channel.replace(/\/.*$/, '')}`,
    units,
    config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)])),
    workloadVersion,
  }
}
