import type {Family} from '../family.ts'
import {mongodbProfile} from './profile.ts'

export const mongodb: Family = {
  charms: ['mongodb', 'mongodb-k8s'],
  tracks: ['6', '8'],
  // Only 8 tells its statuses in detail by an action.
  trackByActions: actions => {
    if (actions.includes('status-detail')) return '8'
    return actions.includes('create-backup') ? '6' : undefined
  },
  profile: mongodbProfile,
}
