import {quirks3, quirks4} from './quirks.ts'
import type {Quirks} from './quirks.ts'

/** The facades that a login lists. */
export type FacadeVersions = ReadonlyMap<string, readonly number[]>

/** A release of Juju, as far as the simulator plays it. */
export interface Profile {
  readonly serverVersion: string
  readonly modelFacades: FacadeVersions
  readonly controllerFacades: FacadeVersions
  readonly quirks: Readonly<Quirks>
}

export const profileNames = ['2.9.49', '3.1.10', '3.6.14', '4.0.12'] as const
export type ProfileName = (typeof profileNames)[number]

/** From Juju's facade schema of 3.6.14 and, for lower versions, its server's registry; agents' facades are left out. */
const model3 = `
  Action:7 AllWatcher:3 Annotations:2 Application:15,16,17,18,19,20,21,22 Backups:3 Block:2 Bundle:6 Charms:5,6,7
  Client:6,7,8 CredentialManager:1 HighAvailability:2 ImageMetadataManager:1 KeyManager:1 MachineManager:10
  ModelConfig:3 ModelGeneration:4 Payloads:1 Pinger:1 Resources:3 SSHClient:5 Secrets:1,2 Spaces:6 Storage:7
  Subnets:5 StringsWatcher:1 NotifyWatcher:1`
const controller3 = `
  AllModelWatcher:4 ApplicationOffers:5 Bundle:6 Cloud:7 Controller:11,12 HighAvailability:2 ModelConfig:3
  ModelManager:9,10 ModelUpgrader:1 Pinger:1 SecretBackends:1 UserManager:3 NotifyWatcher:1`

/**
 * No schema of 3.1 was at hand: where those of 3.0 and 3.2 agree, 3.1 is the same; Application 15-17 and Charms 5,6 are
 * interpolated between them (3.0 has Application 15 and Charms 5, 3.2 has Application 18 and Charms 6).
 */
const model31 = `
  Action:7 AllWatcher:3 Annotations:2 Application:15,16,17 Backups:3 Block:2 Bundle:6 Charms:5,6 Client:6
  CredentialManager:1 HighAvailability:2 ImageMetadataManager:1 KeyManager:1 MachineManager:9 ModelConfig:3
  ModelGeneration:4 Payloads:1 Pinger:1 Resources:3 SSHClient:4 Secrets:1 Spaces:6 Storage:6 Subnets:5
  StringsWatcher:1 NotifyWatcher:1`
const controller31 = `
  AllModelWatcher:4 ApplicationOffers:4 Bundle:6 Cloud:7 Controller:11 HighAvailability:2 ModelConfig:3
  ModelManager:9 ModelUpgrader:1 Pinger:1 SecretBackends:1 UserManager:3 NotifyWatcher:1`

/** As recorded from a server of the 4.x line. */
const model4 = `
  Action:7 Agent:3 AgentLifeFlag:1 Annotations:2 Application:19,20,21,22 Backups:3 Block:2 Bundle:8
  CAASAdmission:1 CAASAgent:2 CAASApplication:1 CAASOperatorUpgrader:1 Charms:7 Client:8 CredentialManager:1
  CredentialValidator:2,3 CrossModelRelations:3 CrossModelSecrets:1,2 Deployer:1 DiskManager:2,3 EntityWatcher:2
  FilesystemAttachmentsWatcher:2 HighAvailability:2,3 HostKeyReporter:1 ImageMetadata:3 ImageMetadataManager:1
  InstanceMutater:3 KeyManager:1 KeyUpdater:1 LeadershipService:2 Logger:1,2 MachineActions:1 MachineManager:11
  Machiner:5,6 MigrationFlag:1 MigrationMaster:4,5 MigrationMinion:1 MigrationStatusWatcher:1 ModelConfig:3,4
  NotifyWatcher:1 OfferStatusWatcher:1 PayloadsHookContext:1,2 Pinger:1 Provisioner:11,12 ProxyUpdater:2 Reboot:2
  RelationStatusWatcher:1 RelationUnitsWatcher:1 RemoteRelationWatcher:1 Resources:3 ResourcesHookContext:1
  RetryStrategy:1 SSHClient:4,5 SSHSession:1 SecretBackendsRotateWatcher:1 Secrets:1,2 SecretsDrain:1
  SecretsManager:4 SecretsRevisionWatcher:1 SecretsTriggerWatcher:1 Spaces:6 Storage:6,7
  StorageProvisioner:4,5,6,7 StringsWatcher:1 Subnets:5 Uniter:19,20,21,22 Upgrader:1 UserSecretsDrain:1
  UserSecretsManager:1 VolumeAttachmentPlansWatcher:1 VolumeAttachmentsWatcher:2`
const controller4 = `
  ApplicationOffers:5,6 Bundle:8 Cloud:7,8 Controller:12,13,14 CrossController:1 MigrationTarget:4,5,6,7,8
  ModelConfig:3,4 ModelManager:10,11 ModelSummaryWatcher:1 ModelUpgrader:2 NotifyWatcher:1 Pinger:1
  SecretBackends:1 UserManager:3`

/** The oldest shape that a user may still run; Charmkeeper refuses it. */
const model29 = 'Action:6 Annotations:2 Application:13 Charms:4 Client:2,5 ModelConfig:2 Pinger:1 StringsWatcher:1'
const controller29 = 'Cloud:7 Controller:9 ModelManager:9 Pinger:1 UserManager:3'

/** The controller facades of JAAS (JIMM) itself; those of a model are the real controller's. */
export const jaasFacades: FacadeVersions = facades(`
  ApplicationOffers:5 Bundle:1 Cloud:7 Controller:11 JIMM:4 ModelManager:9 ModelSummaryWatcher:1 Pinger:1
  UserManager:3`)

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  '2.9.49': profile('2.9.49', model29, controller29, quirks3),
  '3.1.10': profile('3.1.10', model31, controller31, {...quirks3, urlsNameSeries: true}),
  '3.6.14': profile('3.6.14', model3, controller3, quirks3),
  '4.0.12': profile('4.0.12', model4, controller4, quirks4),
}

function profile(serverVersion: string, model: string, controller: string, quirks: Readonly<Quirks>): Profile {
  return {serverVersion, modelFacades: facades(model), controllerFacades: facades(controller), quirks}
}

function facades(text: string): FacadeVersions {
  const entries = text
    .trim()
    .split(/\s+/)
    .map((entry): [string, readonly number[]] => {
      const [name = '', versions = ''] = entry.split(':')
      return [name, versions.split(',').map(Number)]
    })
  return new Map(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
