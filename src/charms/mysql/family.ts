import type {Family} from '../family.ts'
import {mysqlProfile} from './profile.ts'

export const mysql: Family = {
  charms: ['mysql', 'mysql-k8s'],
  tracks: ['8.0'],
  trackByActions: () => undefined,
  profile: charm => mysqlProfile(charm.name === 'mysql' ? 'mysql-8.0' : 'mysql-k8s-8.0', charm),
}
