import type {ModelSeed} from '../charms/model-seed.ts'
import {ModelControl} from './model-control.ts'
import type {Model} from './world/model.ts'
import type {World} from './world/world.ts'

/** What a test does to the whole controller from behind. */
export class Control {
  readonly #world: World
  readonly #defaultModel: string

  /** @param defaultModel UUID of the model that is meant when none is named */
  constructor(world: World, defaultModel: string) {
    this.#world = world
    this.#defaultModel = defaultModel
  }

  /** @param uuid default: the first model */
  model(uuid = this.#defaultModel): ModelControl {
    return new ModelControl(this.#world, this.#world.model(uuid))
  }

  addModel(seed: ModelSeed): Promise<Model> {
    return this.#world.addModel(seed)
  }

  removeModel(uuid: string): void {
    this.#world.models.delete(uuid)
  }

  /** Destroys a model and makes another one under its name. @returns the new one, with another UUID */
  async recreateModel(uuid: string, seed: Omit<ModelSeed, 'name' | 'owner'>): Promise<Model> {
    const {name, owner} = this.#world.model(uuid)
    this.removeModel(uuid)
    return this.#world.addModel({...seed, name, owner})
  }

  setPassword(user: string, password: string): void {
    const found = this.#world.users.get(user)
    if (found === undefined) throw new Error(`there is no user ${user}`)
    found.password = password
  }

  disableUser(user: string, disabled = true): void {
    const found = this.#world.users.get(user)
    if (found === undefined) throw new Error(`there is no user ${user}`)
    found.disabled = disabled
  }
}
