import type {Family} from '../family.ts'
import {opensearchProfile} from './profile.ts'

export const opensearch: Family = {
  charms: ['opensearch', 'opensearch-k8s'],
  tracks: ['2'],
  trackByActions: actions => (actions.includes('create-backup') ? '2' : undefined),
  profile: opensearchProfile,
}
