import type {BackupRow, ListingResult} from '../profile.ts'
import {jsonListing, rowsOf, textIn} from '../json-listing.ts'
import {parseStateTable, rowOf, type ReadState} from '../state-table.ts'

/** States of OpenSearch in either case, and the words of the charm of 2024. All else is a snapshot that is not whole. */
const readState: ReadState = status => {
  const word = status.toLowerCase()
  if (word === 'success') return {finished: true}
  if (word === 'in_progress' || word === 'snapshot in progress') return {finished: false, running: true}
  return {finished: false, error: word === 'partial' ? 'partial: at least one shard is missing' : status}
}

/** Reads the answer in either form: JSON by id, or the table, whatever was asked for. */
export function parseListing(output: Readonly<Record<string, unknown>>): ListingResult {
  const json = jsonListing(output)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return parseStateTable(output, readState)
  const entryRow = ([id, snapshot]: readonly [string, unknown]): BackupRow | undefined =>
    rowOf(id, textIn(snapshot, 'state'), readState)
  return rowsOf(Object.entries(json), entryRow)
}
