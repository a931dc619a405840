import type {Family} from '../family.ts'
import {valkeyProfile} from './profile.ts'

export const valkey: Family = {
  charms: ['valkey'],
  tracks: ['9'],
  trackByActions: actions => (actions.includes('create-backup') ? '9' : undefined),
  profile: valkeyProfile,
}
