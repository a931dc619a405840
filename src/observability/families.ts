import {Counter, Gauge, Histogram, type Registry} from 'prom-client'

/** Makes metric families in one registry; each is one line: name, help, labels. */
export class Families {
  readonly #registers: Registry[]

  constructor(registry: Registry) {
    this.#registers = [registry]
  }

  counter<Label extends string = never>(name: string, help: string, ...labelNames: Label[]): Counter<Label> {
    return new Counter({name, help, labelNames, registers: this.#registers})
  }

  gauge<Label extends string = never>(name: string, help: string, ...labelNames: Label[]): Gauge<Label> {
    return new Gauge({name, help, labelNames, registers: this.#registers})
  }

  histogram<Label extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    ...labelNames: Label[]
  ): Histogram<Label> {
    return new Histogram({name, help, buckets: [...buckets], labelNames, registers: this.#registers})
  }
}
