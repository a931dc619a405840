import {charmOrigin, setCharm as sendCharm, type CharmOrigin, type SetCharmRequest} from '../charm-origin.ts'
import type {CallOptions, Caller} from '../connection.ts'
import {listResources} from '../resources.ts'
import {defineWrite, didNotHappen, happened, unknown, type Verdict, type WriteIntent} from './write.ts'

export interface SetCharmTarget extends SetCharmRequest {
  /** resource name -> revision that the pending ids stand for; a name that is not here is not looked at */
  readonly resources?: Readonly<Record<string, number>>
}

/** The charm that an application has been told to run. */
export interface CharmSeen {
  readonly url: string
  /** `14/stable`, with a branch at its end where there is one; '' for a local charm */
  readonly channel: string
  readonly resources: Readonly<Record<string, number>>
}

/**
 * Tells an application to run another charm. Proved by the charm, its channel and its resources: those of the target, or
 * still those that were recorded. Anything else is somebody else's work, or half of ours.
 */
export const setCharm = defineWrite({
  name: 'set charm',
  repeat: 'WhenProved',
  application: ({application}: SetCharmTarget) => application,
  before: (caller, {application}, options): Promise<CharmSeen> => readCharm(caller, application, options),
  send: (caller, target, options): Promise<void> => sendCharm(caller, target, options),
  read: async (caller, {target}, _status, options): Promise<CharmSeen> =>
    readCharm(caller, target.application, options),
  proves: provedByCharm,
})

function provedByCharm({target, before}: WriteIntent<SetCharmTarget, CharmSeen>, seen: CharmSeen): Verdict<void> {
  const wanted = {
    url: target.url,
    channel: channelOf(target.origin),
    resources: {...before.resources, ...target.resources},
  }
  if (isCharm(seen, wanted) && hasResources(seen, target.resources ?? {})) return happened(undefined)
  if (isCharm(seen, before) && hasResourcesOf(seen, before, wanted)) return didNotHappen
  return unknown(
    `the application runs ${seen.url} of channel ${seen.channel || 'none'} with other resources or another charm than before or wanted`,
  )
}

function isCharm(seen: CharmSeen, {url, channel}: Pick<CharmSeen, 'url' | 'channel'>): boolean {
  return seen.url === url && seen.channel === channel
}

function hasResources(seen: CharmSeen, wanted: Readonly<Record<string, number>>): boolean {
  return Object.entries(wanted).every(([name, revision]) => seen.resources[name] === revision)
}

/**
 * 4.x gives resources to the application when they are announced, before SetCharm: with another charm as the target, new
 * resources prove nothing. Where only they change, they are all there is to tell by.
 */
function hasResourcesOf(seen: CharmSeen, before: CharmSeen, wanted: CharmSeen): boolean {
  const onlyResources = isCharm(before, wanted)
  return Object.entries(before.resources).every(([name, revision]) => {
    const now = seen.resources[name]
    return now === revision || (!onlyResources && now === wanted.resources[name])
  })
}

async function readCharm(caller: Caller, application: string, options: CallOptions | undefined): Promise<CharmSeen> {
  const {url, origin} = await charmOrigin(caller, application, options)
  const resources = await listResources(caller, application, options)
  return {
    url,
    channel: channelOf(origin),
    resources: Object.fromEntries(resources.application.map(({name, revision}) => [name, revision])),
  }
}

/** The track `latest` is written and left out, as it comes. */
function channelOf({track, risk, branch}: CharmOrigin): string {
  const named = [track === 'latest' ? undefined : track, risk, branch]
  return named.filter(part => part !== undefined && part !== '').join('/')
}
