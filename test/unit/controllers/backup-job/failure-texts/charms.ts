import {profileFor, supportedCharms, type SupportedCharm} from '../../../../../src/charms/profiles.ts'
import type {Observed} from '../../../../../src/controllers/backup-job/observed.ts'
import {application, unit} from '../builders.ts'

/** Charms whose texts are told by the tables of one file. */
export const families = {
  PostgreSQL: ['postgresql', 'postgresql-k8s'],
  MySQL: ['mysql', 'mysql-k8s'],
  MongoDB: ['mongodb', 'mongodb-k8s'],
  OpenSearch: ['opensearch', 'opensearch-k8s'],
  ZooKeeper: ['zookeeper'],
  etcd: ['charmed-etcd'],
  Valkey: ['valkey'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type FamilyName = keyof typeof families

const actions = ['create-backup', 'list-backups', 'restore', 'restore-backup', 'get-primary', 'get-cluster-status']

/** The family's charms in all of their tracks, with all of the actions that any revision of them has. */
export function charmsOf(family: FamilyName): readonly SupportedCharm[] {
  const names: readonly string[] = families[family]
  return supportedCharms
    .filter(({charm}) => names.includes(charm))
    .map(({charm, track, profile}) => {
      const facts = {name: charm, channel: `${track}/stable`, charmUrl: `ch:amd64/${charm}-1`, actions}
      return {charm, track, profile: profileFor(facts) ?? profile}
    })
}

/** The application as Juju shows it: that many units, of which the first leads and is the primary. */
export function present({charm, track, profile}: SupportedCharm, count = 3): Observed['application'] {
  const units = Array.from({length: count}, (_, number) =>
    number === 0
      ? unit(`${charm}/0`, {leader: true, workloadMessage: 'Primary'})
      : unit(`${charm}/${number}`, {leader: false}),
  )
  const view = application({charm, channel: `${track}/stable`, charmURL: `ch:amd64/${charm}-1`, units})
  return {state: 'present', view, profile, unsupported: ''}
}

interface Explained {
  readonly text: string
}

/** Texts of a table that explain none of these words, because there are none or because another text comes first. */
export function unexplaining(texts: readonly Explained[], words: readonly string[]): readonly string[] {
  const first = (said: string) => texts.find(({text}) => (text === '' ? said === '' : said.includes(text)))
  const explaining = new Set(words.map(first))
  return texts.filter(one => !explaining.has(one)).map(({text}) => text)
}

export const nameOf = ({charm, track}: SupportedCharm): string => `${charm} ${track}`
