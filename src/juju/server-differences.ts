/**
 * One thing in which Juju 3.6 and Juju 4 differ as far as this client sees it, and how the client copes:
 *
 * - `same`: the same code is right for both
 * - `behaviour`: the code goes by what it meets, since a release may change it
 * - `version`: nothing but the server's version tells, so the code asks `valueOn`
 */
export type ServerDifference = {
  readonly what: string
  readonly juju3: string
  readonly juju4: string
  /** what the client does, whichever it is */
  readonly how: string
  /** where it is known from */
  readonly source: string
} & (
  | {readonly coping: 'same' | 'behaviour'}
  | {readonly coping: 'version'; readonly values: {readonly 3: string; readonly 4: string}}
)

const seen = "seen on Juju's own API server, 4.1-beta2"
const source4 = 'source of 4.1-beta2'
const schemas = 'facade schemas of 3.6.14 and 4.0.12'
const source3 = 'source of Juju 3'

/** docs/juju.md shows this table; a test names the code that decides, or the test that proves that it need not. */
export const serverDifferences = {
  relationApplicationData: {
    what: 'application databag in UnitsInfo',
    juju3: "the other side's",
    juju4: "that of the unit's own application",
    how: 'publishedData asks a unit of the side through which Juju shows it',
    source: `${source3}; ${seen}`,
    coping: 'version',
    values: {3: 'other', 4: 'own'},
  },
  parameterCheck: {
    what: 'parameters of an action',
    juju3: 'are held against the schema when it is enqueued, and defaults are filled in',
    juju4: 'are neither checked nor filled in',
    how: 'both are done before the enqueue',
    source: `${source3}; ${seen}`,
    coping: 'same',
  },
  refusedEnqueue: {
    what: 'a refused enqueue',
    juju3: 'is an error of its action',
    juju4: 'fails the whole call, for some reasons',
    how: 'one action a call, so that either is the error of that action',
    source: `${source3}; ${seen}`,
    coping: 'same',
  },
  enqueueReply: {
    what: 'the reply to an enqueue',
    juju3: 'repeats name and parameters',
    juju4: 'has ids, receiver and time only',
    how: 'only ids, receiver and time are read',
    source: `${source3}; ${seen}`,
    coping: 'same',
  },
  listParameters: {
    what: 'a list or object as parameter of an action',
    juju3: 'arrives as it is',
    juju4: 'arrives as text, as Go prints it',
    how: 'parameters are scalars',
    source: seen,
    coping: 'same',
  },
  taskOutput: {
    what: 'output of a task',
    juju3: 'is in operations too',
    juju4: 'is told by Action.Actions only',
    how: 'results are read with Action.Actions',
    source: seen,
    coping: 'same',
  },
  zeroTimes: {
    what: 'times that Juju does not know',
    juju3: "only those of what has not happened are Go's zero time, year 1",
    juju4: 'the end of a task and the start of an operation are always in year 1',
    how: 'year 1 is no time; the end of a task is taken from its operation, else from when it was first seen finished',
    source: seen,
    coping: 'same',
  },
  operationOrder: {
    what: 'order of ListOperations',
    juju3: 'by number',
    juju4: 'by id as text: 10 before 2',
    how: 'every page is read, then sorted by number',
    source: seen,
    coping: 'same',
  },
  operationPages: {
    what: 'the last page of a long ListOperations',
    juju3: 'is called truncated like the others',
    juju4: 'is not',
    how: 'an empty page ends the listing too; a truncated page of a filtered listing that is not full has everything read and filtered on our side, as a 4.0 may cut before it filters',
    source: `${source3}; ${seen}`,
    coping: 'same',
  },
  unknownThings: {
    what: 'an operation, or an application whose resources are asked for, that Juju does not know',
    juju3: 'has the code `not found`',
    juju4: 'has no code',
    how: 'it counts as not found when its text says so',
    source: seen,
    coping: 'behaviour',
  },
  cancel: {
    what: 'cancelling a task',
    juju3: 'works',
    juju4: 'is refused with a database error, for every task',
    how: 'it is tried, and a refusal is passed on as it is',
    source: seen,
    coping: 'behaviour',
  },
  unitCharm: {
    what: "a unit's charm in FullStatus",
    juju3: "is set while it differs from the application's",
    juju4: 'is never set',
    how: 'when it is set it is believed; when it is empty it proves nothing',
    source: seen,
    coping: 'behaviour',
  },
  lifeWord: {
    what: 'what is alive',
    juju3: 'has an empty `life`, in FullStatus',
    juju4: 'is `alive`',
    how: 'what is neither dying nor dead is alive',
    source: `${source3}; ${seen}`,
    coping: 'same',
  },
  hiddenModel: {
    what: 'logging in to a model that is hidden from the user',
    juju3: 'looks like a wrong password',
    juju4: 'is refused with `permission denied`; an unknown one with `model not found`',
    how: 'the controller is asked for its models, which tells a wrong password from a hidden model',
    source: `${source3}; ${seen}`,
    coping: 'behaviour',
  },
  redirect: {
    what: 'a model that was migrated to another controller',
    juju3: 'is answered with where it is now',
    juju4: 'is not answered for yet',
    how: 'an answer that names the new controller is reported; nothing is expected of it',
    source: `${source3}; ${source4}`,
    coping: 'behaviour',
  },
  modelOwner: {
    what: 'what makes the name of a model unique',
    juju3: 'is its owner',
    juju4: 'is its qualifier, and the owner is made from that',
    how: 'whichever is told is used',
    source: `${schemas}; ${seen}`,
    coping: 'behaviour',
  },
  allWatcher: {
    what: 'watching a whole model',
    juju3: 'is offered',
    juju4: 'is not implemented',
    how: 'models are read again and again, everywhere',
    source: `${schemas}; ${seen}`,
    coping: 'same',
  },
  clientVersion: {
    what: "the client's version at login",
    juju3: "must be about the server's",
    juju4: 'is not looked at',
    how: 'the version that the server last told is sent',
    source: `${source3}; ${seen}`,
    coping: 'same',
  },
  storageKeys: {
    what: 'storage in SetCharm',
    juju3: 'is `storage-constraints`',
    juju4: 'is `storage-directives`, in the same version of the facade',
    how: 'neither is sent',
    source: schemas,
    coping: 'same',
  },
  settingsOfSetCharm: {
    what: 'settings in SetCharm',
    juju3: 'are set with the charm',
    juju4: 'are ignored',
    how: 'settings are set by a call of their own, after the charm',
    source: source4,
    coping: 'same',
  },
  forcedCharm: {
    what: 'forcing SetCharm',
    juju3: '`force` is for what a charm assumes, `force-units` for units in error and for blocked changes',
    juju4: '`force` is for units in error, `force-units` for blocked changes',
    how: 'nothing is forced unless the caller says so; for units in error it says both',
    source: `${source3}; ${source4}`,
    coping: 'same',
  },
  addedCharm: {
    what: 'a charm that was just added to the model',
    juju3: 'is there with its actions',
    juju4: 'shows its actions once it is downloaded, which happens in the background',
    how: 'that a charm shows no action proves nothing before a unit runs it',
    source: `${source4}; ${seen}`,
    coping: 'same',
  },
  pendingResources: {
    what: 'resources that are announced for an application',
    juju3: 'come with the next SetCharm',
    juju4: 'are taken over at once',
    how: 'they are announced right before SetCharm, which names them in any case',
    source: source4,
    coping: 'same',
  },
  settingsAsYAML: {
    what: 'settings as YAML',
    juju3: 'are taken',
    juju4: 'are not implemented',
    how: 'settings are sent one by one, as text',
    source: seen,
    coping: 'same',
  },
  secretOwner: {
    what: 'the owner of a new secret',
    juju3: 'is the model',
    juju4: 'must be left empty, a tag is refused',
    how: 'it is left empty',
    source: source4,
    coping: 'same',
  },
  execContext: {
    what: 'the workload context of an exec',
    juju3: 'can be chosen on Kubernetes',
    juju4: "is always the charm's container",
    how: "nothing is said, which means the charm's container on both",
    source: schemas,
    coping: 'same',
  },
} as const satisfies Record<string, ServerDifference>

/** What a difference is on a server of this version; versions after 4 count as 4. */
export function valueOn<D extends Extract<ServerDifference, {coping: 'version'}>>(
  difference: D,
  serverVersion: string,
): D['values'][3 | 4] {
  return difference.values[Number.parseInt(serverVersion) >= 4 ? 4 : 3]
}
