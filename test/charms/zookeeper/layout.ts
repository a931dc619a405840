import type {PlainLayout} from '../plain/memory-engine.ts'
import {keyBelow} from '../s3-parameters.ts'

export const metadataName = 'metadata.yaml'

/** The first transaction of a database that has been in use for a while. */
const firstTransaction = 4_294_967_297

/** Two objects: the metadata, which comes first, and the snapshot. */
export const zookeeperLayout: PlainLayout = (id, number, s3) => {
  const snapshot = `${id}/snapshot`
  const metadata = [
    `id: '${id}'`,
    `log-sequence-number: ${firstTransaction + number}`,
    `path: ${keyBelow(s3, snapshot)}`,
  ]
  return [
    {key: `${id}/${metadataName}`, text: `${metadata.join('\n')}\n`, early: true},
    {key: snapshot, text: `ZKSN snapshot ${number} of ${id}\n`},
  ]
}
