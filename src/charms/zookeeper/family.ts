import type {Family} from '../family.ts'
import {zookeeperProfile} from './profile.ts'

export const zookeeper: Family = {
  charms: ['zookeeper'],
  tracks: ['3'],
  trackByActions: actions => (actions.includes('create-backup') ? '3' : undefined),
  profile: zookeeperProfile,
}
