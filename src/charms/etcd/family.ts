import type {Family} from '../family.ts'
import {etcdProfile} from './profile.ts'

export const etcd: Family = {
  charms: ['charmed-etcd'],
  tracks: ['3.5', '3.6'],
  trackByActions: () => undefined,
  profile: etcdProfile,
}
