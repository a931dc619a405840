import {copyJson} from './copy-json.ts'
import {isDeepStrictEqual} from 'node:util'

/** JSON values as the API server stores them. */
export type Json = null | boolean | number | string | Json[] | {[key: string]: Json}
export type JsonObject = {[key: string]: Json}

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test'
  readonly path: string
  readonly value?: Json
}

/** A patch that the API server would refuse with 422: a failed test, or a path that is not there. */
export class PatchRefused extends Error {}

/** Applies RFC 6902 operations in place, all but move and copy. @throws PatchRefused */
export function applyJsonPatch(document: JsonObject, operations: readonly PatchOperation[]): void {
  for (const operation of operations) applyOperation(document, operation)
}

function applyOperation(document: JsonObject, {op, path, value = null}: PatchOperation): void {
  const keys = path
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = keys.pop()
  if (last === undefined) throw new PatchRefused('the whole document cannot be patched')
  let parent: Json | undefined = document
  for (const key of keys) parent = child(parent, key)
  if (Array.isArray(parent)) patchList(parent, op, last, value, path)
  else if (typeof parent === 'object' && parent !== null) patchMap(parent, op, last, value, path)
  else throw new PatchRefused(`${path}: no such parent`)
}

function child(parent: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(parent)) return parent[Number(key)]
  return typeof parent === 'object' && parent !== null ? parent[key] : undefined
}

function patchMap(map: JsonObject, op: PatchOperation['op'], key: string, value: Json, path: string): void {
  // The server's library takes an absent key for null in a test.
  if (op === 'test' && value === null && !(key in map)) return
  if (op !== 'add' && !(key in map)) throw new PatchRefused(`${path}: no such key`)
  if (op === 'test') testEqual(map[key], value, path)
  else if (op === 'remove') delete map[key]
  else map[key] = value
}

function patchList(list: Json[], op: PatchOperation['op'], key: string, value: Json, path: string): void {
  const index = key === '-' ? list.length : Number(key)
  if (op !== 'add' && list[index] === undefined) throw new PatchRefused(`${path}: no such item`)
  if (op === 'test') testEqual(list[index], value, path)
  else if (op === 'remove') list.splice(index, 1)
  else if (op === 'add') list.splice(index, 0, value)
  else list[index] = value
}

function testEqual(found: Json | undefined, wanted: Json, path: string): void {
  if (!isDeepStrictEqual(found, wanted)) throw new PatchRefused(`${path}: test failed`)
}

/** RFC 7386, as a merge patch and as the part of server-side apply that a single manager sees. */
export function merge(target: JsonObject, patch: JsonObject): void {
  for (const [key, value] of Object.entries(patch)) {
    const old = target[key]
    if (value === null) delete target[key]
    else if (isObject(value) && isObject(old)) merge(old, value)
    else target[key] = copyJson(value)
  }
}

/** As it comes back from a server written in Go: the keys of every map in alphabetical order, whatever order was written. */
export function asServed(value: Json): Json {
  if (Array.isArray(value)) return value.map(asServed)
  if (!isObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.flatMap(key => (value[key] === undefined ? [] : [[key, asServed(value[key])]])))
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
