/**
 * In what Juju's releases differ, and which of their defects show. Each is a switch, since a release may mend it; tests
 * run with a switch on and off. Those of 4.x were seen on Juju's own API server and are in test/fixtures/juju-frames.
 */
export interface Quirks {
  /** An unknown model, and one without access, look like a wrong password (3.x); 4.x says `model not found` before it looks at the password. */
  hidesUnknownModels: boolean
  /** Parameters are held against the charm's schema at enqueue (3.x). */
  validatesParameters: boolean
  /** A unit shows its charm while it still runs another than its application's (3.x); else `charm` is always ''. */
  showsUnitCharm: boolean
  /** `output` only in `Actions`, never in `Operations` and `ListOperations` (4.x). */
  outputOnlyInActions: boolean
  /** A task's `completed` and an operation's `started` stay in year 1 (4.x). */
  losesTimes: boolean
  /** Every Cancel of an existing task fails (4.x). */
  cancelFails: boolean
  /** List and object parameters are stored as Go prints them (4.x). */
  parametersAsGoText: boolean
  /** ListOperations sorts by id as text: 10 before 2 (4.x). */
  sortsOperationsAsText: boolean
  /** The reply of EnqueueOperation repeats name and parameters (3.x). */
  enqueueEchoesAction: boolean
  /** Actions of one call must be alike, and what is wrong with one fails the call (4.x); 3.x answers for each. */
  enqueueFailsAsAWhole: boolean
  /** UnitsInfo gives the other side's application data (3.x), or the unit's own application's (4.x). */
  unitsInfoShowsOtherSide: boolean
  /** `life` of a living application or unit. */
  lifeWord: '' | 'alive'
  /** Summary of an operation: `create-backup run on unit-x-0` (3.x), or `action "create-backup"` (4.x). */
  summaryNamesUnit: boolean
  /** What a call to something unknown says before login: the facade (3.x), or its version (4.x). */
  unknownFacadeNamesVersion: boolean
  /** `Controller.AllModels` at version 12 panics (4.x). */
  allModelsPanics: boolean
  /** `SetConfigs` takes no YAML (4.x). */
  refusesConfigYaml: boolean
  /** An unknown option has the code `not valid` (4.x), or none (3.x). */
  unknownOptionIsNotValid: boolean
  /** `SetCharm` leaves `config-settings` unread (4.x; read in its code, not seen). */
  setCharmIgnoresSettings: boolean
  /** `AddPendingResources` for an application that exists is in force at once, and SetCharm reads no ids (4.x; read in its code). */
  pendingResourcesApplyAtOnce: boolean
  /** The origin of what an application runs has no type, and its base no risk (4.x). */
  originsAreBare: boolean
  /** URLs of charms from Charmhub name the series: `ch:amd64/jammy/x-1` (up to 3.2). */
  urlsNameSeries: boolean
  /** ListOperations cuts a page before it holds operations against the filter. Not seen; a release may do so. */
  cutsPagesBeforeFilter: boolean
  /** Tasks of `juju exec` carry `workload-context` (3.x). */
  execHasWorkloadContext: boolean
  /** An unknown operation has the code `not found` (3.x), or none (4.x). */
  unknownOperationHasCode: boolean
  /** Listing resources, granting a secret, commands on units and annotations name what is not there without a code (4.x). */
  absenceLacksCode: boolean
  /** An unknown secret has the code `secret not found` (4.x), or `not found` (3.x). */
  secretsHaveOwnCode: boolean
  /** Annotations that cannot be set are told with what they are of (4.x). */
  annotationFaultsNameEntity: boolean
  /** A charm that AddCharm brought has no actions until an application uses it and its archive has come (4.x; 3.x was not looked at). */
  actionsComeWithDownload: boolean
  /** Read access is enough for AddPendingResources (4.x). */
  readersAddPendingResources: boolean
  /** ListResources does not tell what Charmhub has (4.x). */
  hidesStoreResources: boolean
  /** Adding no unit at all is refused with ` not valid` in the words (3.x), or only as the code (4.x). */
  noUnitsSaysNotValid: boolean
}

export const quirks3: Readonly<Quirks> = {
  hidesUnknownModels: true,
  validatesParameters: true,
  showsUnitCharm: true,
  outputOnlyInActions: false,
  losesTimes: false,
  cancelFails: false,
  parametersAsGoText: false,
  sortsOperationsAsText: false,
  enqueueEchoesAction: true,
  enqueueFailsAsAWhole: false,
  unitsInfoShowsOtherSide: true,
  lifeWord: '',
  summaryNamesUnit: true,
  unknownFacadeNamesVersion: false,
  allModelsPanics: false,
  refusesConfigYaml: false,
  unknownOptionIsNotValid: false,
  setCharmIgnoresSettings: false,
  pendingResourcesApplyAtOnce: false,
  originsAreBare: false,
  urlsNameSeries: false,
  cutsPagesBeforeFilter: false,
  execHasWorkloadContext: true,
  unknownOperationHasCode: true,
  absenceLacksCode: false,
  secretsHaveOwnCode: false,
  annotationFaultsNameEntity: false,
  actionsComeWithDownload: false,
  readersAddPendingResources: false,
  hidesStoreResources: false,
  noUnitsSaysNotValid: true,
}

export const quirks4: Readonly<Quirks> = {
  hidesUnknownModels: false,
  validatesParameters: false,
  showsUnitCharm: false,
  outputOnlyInActions: true,
  losesTimes: true,
  cancelFails: true,
  parametersAsGoText: true,
  sortsOperationsAsText: true,
  enqueueEchoesAction: false,
  enqueueFailsAsAWhole: true,
  unitsInfoShowsOtherSide: false,
  lifeWord: 'alive',
  summaryNamesUnit: false,
  unknownFacadeNamesVersion: true,
  allModelsPanics: true,
  refusesConfigYaml: true,
  unknownOptionIsNotValid: true,
  setCharmIgnoresSettings: true,
  pendingResourcesApplyAtOnce: true,
  originsAreBare: true,
  urlsNameSeries: false,
  cutsPagesBeforeFilter: false,
  execHasWorkloadContext: false,
  unknownOperationHasCode: false,
  absenceLacksCode: true,
  secretsHaveOwnCode: true,
  annotationFaultsNameEntity: true,
  actionsComeWithDownload: true,
  readersAddPendingResources: true,
  hidesStoreResources: true,
  noUnitsSaysNotValid: false,
}
