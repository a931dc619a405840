import {numberOf} from '../unit-numbers.ts'
import type {MongodMember, PbmStatus} from './engine.ts'

interface Node {
  readonly address: string
  ready: boolean
}

/** The members of a MongoDB application and which of them is the primary. */
export class MemoryReplicaSet {
  /** The application's name. */
  name = ''
  /** States of members that are neither primary nor secondary, by unit. */
  readonly states = new Map<string, string>()
  /** What the pbm-agents complain of, by unit. */
  readonly complaints = new Map<string, string>()
  readonly #nodes = new Map<string, Node>()
  #primary: string | undefined

  get primary(): string | undefined {
    return this.#primary
  }

  /** Another member is the primary from now on, as after a failover. */
  set primary(unit: string | undefined) {
    this.#primary = unit
  }

  setUnits(name: string, units: readonly string[]): void {
    this.name = name
    for (const unit of this.#nodes.keys()) if (!units.includes(unit)) this.#nodes.delete(unit)
    for (const unit of units)
      if (!this.#nodes.has(unit)) this.#nodes.set(unit, {address: `10.0.0.${numberOf(unit) + 1}`, ready: true})
    this.elect()
  }

  setReady(unit: string, ready: boolean): void {
    const node = this.#nodes.get(unit)
    if (node !== undefined) node.ready = ready
    this.elect()
  }

  /** The lowest member that answers takes over when the primary cannot go on, as long as a majority answers. */
  elect(): void {
    const able = this.#able()
    const majority = able.length * 2 > this.#nodes.size
    if (!majority) this.#primary = undefined
    else if (this.#primary === undefined || !able.includes(this.#primary)) this.#primary = able[0]
  }

  /** Where PBM dumps: on a secondary when there is one. */
  get worker(): string | undefined {
    const able = this.#able()
    return able.find(unit => unit !== this.#primary) ?? able[0]
  }

  address(unit: string): string {
    return this.#nodes.get(unit)?.address ?? ''
  }

  answers(unit: string): boolean {
    return this.#nodes.get(unit)?.ready === true
  }

  member(unit: string): MongodMember {
    const node = this.#nodes.get(unit)
    if (node === undefined) return {ready: false, state: undefined}
    const usual = unit === this.#primary ? 'PRIMARY' : 'SECONDARY'
    return {ready: node.ready, state: this.states.get(unit) ?? usual}
  }

  /** The part of `pbm status` about the cluster. */
  cluster(): PbmStatus['cluster'] {
    const nodes = [...this.#nodes].map(([unit, {address}]) => {
      const errors = this.complaints.get(unit)
      return {host: `${this.name}/${address}:27017`, ...(errors === undefined ? {} : {errors})}
    })
    return [{rs: this.name, nodes}]
  }

  /** Members that can take part, lowest number first. */
  #able(): readonly string[] {
    const able = [...this.#nodes].filter(([unit, {ready}]) => ready && !this.states.has(unit))
    return able.map(([unit]) => unit).sort((one, other) => numberOf(one) - numberOf(other))
  }
}
