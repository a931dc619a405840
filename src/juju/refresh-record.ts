import {z} from 'zod'
import {readRecord, AnnotationUnreadable, type AnnotationFault} from './annotation-record.ts'
import {annotations} from './annotations.ts'
import {changeAnnotation, type ConfirmOptions} from './confirmed-annotation.ts'
import type {CallOptions, Caller} from './connection.ts'
import type {LookingSession} from './writes/look.ts'

/** Key of the annotation of an application that says which refresh is under way. */
export const refreshAnnotation = 'charmkeeper-refresh'

const origin = z.looseObject({
  source: z.string(),
  type: z.string(),
  id: z.string(),
  hash: z.string(),
  risk: z.string(),
  revision: z.int().optional(),
  track: z.string().optional(),
  branch: z.string().optional(),
  architecture: z.string(),
  base: z.looseObject({name: z.string(), channel: z.string()}).optional(),
  instanceKey: z.string(),
})
const charm = z.looseObject({url: z.string().min(1), origin, resources: z.record(z.string(), z.int())})
const recordSchema = z.looseObject({
  v: z.literal(1),
  uid: z.string().min(1),
  name: z.string(),
  at: z.iso.datetime(),
  original: charm,
  target: charm,
})

/**
 * A refresh that is under way (api.md rule 14): written before SetCharm and removed at the end, so that a deleted Refresh can
 * be adopted by the next one, and a rollback knows where to go. `original` and `target` are the charm's URL and origin as Juju
 * tells them, and the revision of each resource; `uid` and `name` are those of the object that runs it.
 */
export type RefreshRecord = z.output<typeof recordSchema>

/** @param text of the annotation; '' when no refresh is under way */
export function parseRefreshRecord(
  text: string,
): {readonly ok: true; readonly record: RefreshRecord | undefined} | AnnotationFault {
  return text === '' ? {ok: true, record: undefined} : readRecord(text, recordSchema)
}

/** @throws AnnotationUnreadable, JujuError, ConnectionLost */
export async function readRefreshRecord(
  caller: Caller,
  application: string,
  options?: CallOptions,
): Promise<RefreshRecord | undefined> {
  return understood((await annotations(caller, {application}, options))[refreshAnnotation] ?? '')
}

/**
 * Writes the record of a refresh that is about to begin, or goes on under another object.
 *
 * @param adopts uid of the record that it replaces; absent: none may be there
 * @returns the record of another refresh that is in the way; undefined: it is written, and sure to stay
 * @throws as `changeLedger`
 */
export function writeRefreshRecord(
  session: LookingSession,
  application: string,
  record: RefreshRecord,
  options: ConfirmOptions & {readonly adopts?: string | undefined},
): Promise<RefreshRecord | undefined> {
  const text = JSON.stringify(record)
  return change(session, application, [record.uid, options.adopts], text, options)
}

/**
 * Removes the record of a refresh that has ended.
 *
 * @returns the record of another refresh, which stays; undefined: there is none any more
 * @throws as `changeLedger`
 */
export function removeRefreshRecord(
  session: LookingSession,
  application: string,
  uid: string,
  options: ConfirmOptions,
): Promise<RefreshRecord | undefined> {
  return change(session, application, [uid], '', options)
}

function change(
  session: LookingSession,
  application: string,
  mine: readonly (string | undefined)[],
  text: string,
  options: ConfirmOptions,
): Promise<RefreshRecord | undefined> {
  const changeText = (before: string) => {
    const there = understood(before)
    return there === undefined || mine.includes(there.uid)
      ? {ok: true as const, text}
      : {ok: false as const, refusal: there}
  }
  return changeAnnotation(session, {application}, refreshAnnotation, changeText, options)
}

function understood(text: string): RefreshRecord | undefined {
  const parsed = parseRefreshRecord(text)
  if (!parsed.ok) throw new AnnotationUnreadable(refreshAnnotation, parsed)
  return parsed.record
}
