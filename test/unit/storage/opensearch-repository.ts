import {MemoryStore} from './memory-store.ts'

export const snapshotID = '2026-08-01T02:00:03Z'
export const uuid = '2hiUzvH3RPCp9iOeiTa6TQ'
export const indexKey = 'search/index-12'

/** `index-N` of a snapshot repository. */
export interface RepositoryIndex {
  snapshots: {
    name: string
    uuid: string
    state?: number
    version?: string
    index_metadata_lookup?: Record<string, string>
  }[]
  indices: Record<string, {id: string; snapshots: string[]; shard_generations?: (string | null)[]}>
  index_metadata_identifiers?: Record<string, string>
  min_version: string
}

const lookup = {
  'idx-orders': `${'a'.repeat(22)}-_na_-1-2-1`,
  'idx-items': `${'b'.repeat(22)}-_na_-1-2-1`,
}

function repositoryIndex(): RepositoryIndex {
  const other = 'otherUUIDofASnapshot00'
  return {
    min_version: '7.12.0',
    snapshots: [
      {name: '2026-07-31t02:00:03z', uuid: other, state: 1, index_metadata_lookup: {...lookup}, version: '2.14.0'},
      {name: snapshotID.toLowerCase(), uuid, state: 1, index_metadata_lookup: {...lookup}, version: '2.14.0'},
    ],
    indices: {
      orders: {id: 'idx-orders', snapshots: [other, uuid], shard_generations: ['gen-0', 'gen-1']},
      items: {id: 'idx-items', snapshots: [uuid], shard_generations: ['gen-items']},
      'of the other': {id: 'idx-other', snapshots: [other], shard_generations: ['gen-lost']},
    },
    index_metadata_identifiers: {[lookup['idx-orders']]: 'm-orders', [lookup['idx-items']]: 'm-items'},
  }
}

/** A repository with two snapshots; of the older one only what they share. The contents of `.dat` files do not count. */
export function openSearchRepository(): MemoryStore {
  const files = [
    `snap-${uuid}.dat`,
    `meta-${uuid}.dat`,
    'snap-otherUUIDofASnapshot00.dat',
    'meta-otherUUIDofASnapshot00.dat',
    'indices/idx-orders/meta-m-orders.dat',
    'indices/idx-items/meta-m-items.dat',
    ...[0, 1].flatMap(shard => [
      `indices/idx-orders/${shard}/snap-${uuid}.dat`,
      `indices/idx-orders/${shard}/snap-otherUUIDofASnapshot00.dat`,
      `indices/idx-orders/${shard}/index-gen-${shard}`,
      `indices/idx-orders/${shard}/__data${shard}`,
    ]),
    `indices/idx-items/0/snap-${uuid}.dat`,
    'indices/idx-items/0/index-gen-items',
    'indices/idx-items/0/__data',
  ]
  const store = new MemoryStore(Object.fromEntries(files.map(file => [`search/${file}`, {text: ':)'}])))
  store.edit(indexKey, () => JSON.stringify(repositoryIndex()))
  store.edit('search/index.latest', () => '\0\0\0\0\0\0\0\x0C')
  return store
}

/** Writes the index of the repository anew. */
export function rewrite(change: (index: RepositoryIndex) => unknown): (store: MemoryStore) => void {
  return store =>
    store.edit(indexKey, text => {
      const index = JSON.parse(text) as RepositoryIndex
      change(index)
      return JSON.stringify(index)
    })
}
