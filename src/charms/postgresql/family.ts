import type {Family} from '../family.ts'
import {postgresqlProfile, postgresqlVariants} from './profile.ts'

export const postgresql: Family = {
  charms: ['postgresql', 'postgresql-k8s'],
  tracks: ['14', '16'],
  // 16 keeps its passwords in a Juju secret; only 14 has an action for them.
  trackByActions: actions => (actions.includes('set-password') ? '14' : undefined),
  profile: (charm, track) => {
    const variant = postgresqlVariants.find(({id}) => id === `${charm.name}-${track}`)
    return variant && postgresqlProfile(variant, charm)
  },
}
