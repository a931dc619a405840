import {jujuModelResource, jujuModelSpecSchema, type JujuModel} from '../../src/api/juju-model.ts'
import type {KubeClient} from '../../src/kube/client.ts'
import {secrets} from '../../src/kube/resources.ts'
import {references, tenantNamespace} from '../../test/env/provision.ts'
import {inParallel} from './in-parallel.ts'
import type {JujuFleet} from './juju-fleet.ts'

const width = 16

/** Name of the JujuModel of the fleet's model with this number. */
export const modelName = (index: number): string => `fleet-${index}`

/** A JujuModel for each model of the fleet. @param maxConcurrentJobs of each */
export async function createModels(client: KubeClient, {place}: JujuFleet, maxConcurrentJobs: number): Promise<void> {
  const {endpoint, caCertificate, username, password, modelUUIDs} = place
  const data = {username: btoa(username), password: btoa(password)}
  const secret = {name: references.jujuCredentials, namespace: tenantNamespace}
  await client.create(secrets, tenantNamespace, {apiVersion: 'v1', kind: 'Secret', metadata: secret, data})
  await inParallel(modelUUIDs.length, width, async index => {
    const spec = jujuModelSpecSchema.parse({
      controller: {endpoints: [endpoint], caCertificate, credentialsRef: {name: references.jujuCredentials}},
      model: {uuid: modelUUIDs[index]},
      limits: {maxConcurrentJobs},
    })
    const metadata = {name: modelName(index), namespace: tenantNamespace}
    const model: JujuModel = {apiVersion: 'charmkeeper.dev/v1alpha1', kind: 'JujuModel', metadata, spec}
    await client.create(jujuModelResource, tenantNamespace, model)
  })
}

/** How many of them the operator has connected. */
export async function connectedModels(client: KubeClient): Promise<number> {
  const {items} = await client.listPage<JujuModel>(jujuModelResource, {namespace: tenantNamespace})
  return items.filter(model => model.status?.conditions?.some(({reason}) => reason === 'Connected')).length
}
