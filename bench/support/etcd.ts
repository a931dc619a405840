import {inParallel} from './in-parallel.ts'

/** Below etcd's own limit of 128 operations in one transaction, and of 1.5 MiB in one request. */
const perTransaction = 100
const width = 4

/**
 * The store of an API server, past it: for filling it with what would take the API server minutes. Values are written in the
 * form in which the API server has stored such an object itself, so that it cannot tell the difference, and its watches show them.
 */
export class Etcd {
  readonly #url: string

  /** @param url of a member that serves the JSON gateway without TLS */
  constructor(url: string) {
    this.#url = url
  }

  /** @throws Error when there is no such key */
  async get(key: string): Promise<string> {
    const answer = (await this.#post('range', {key: btoa(key)})) as {kvs?: readonly {value: string}[]}
    const [found] = answer.kvs ?? []
    if (found === undefined) throw new Error(`etcd has no key ${key}`)
    return Buffer.from(found.value, 'base64').toString()
  }

  /** Writes `count` entries, many in one transaction. */
  async putAll(count: number, entry: (index: number) => {readonly key: string; readonly value: string}): Promise<void> {
    await inParallel(Math.ceil(count / perTransaction), width, async batch => {
      const first = batch * perTransaction
      const success = Array.from({length: Math.min(perTransaction, count - first)}, (_, offset) => {
        const {key, value} = entry(first + offset)
        return {requestPut: {key: btoa(key), value: Buffer.from(value).toString('base64')}}
      })
      await this.#post('txn', {success})
    })
  }

  async #post(call: 'range' | 'txn', body: unknown): Promise<unknown> {
    const response = await fetch(`${this.#url}/v3/kv/${call}`, {method: 'POST', body: JSON.stringify(body)})
    if (!response.ok) throw new Error(`etcd ${call}: ${response.status} ${await response.text()}`)
    return response.json()
  }
}
