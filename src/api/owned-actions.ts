/**
 * Actions of charms that only a kind of their own may run, under its lock and with its proof: nobody gets at them
 * through a hook. What the profiles own is among them; so are those of charms that have no profile.
 */
export const ownedActions = [
  'create-backup',
  'list-backups',
  'restore',
  'restore-backup',
  'pre-refresh-check',
  'resume-refresh',
  'force-refresh-start',
  'pre-upgrade-check',
  'resume-upgrade',
  'force-upgrade',
  'promote-to-primary',
] as const
