/**
 * Actions by which the revisions of one charm are refreshed, of all generations that it has had (reference/charms.md, 3.1): only
 * a refresh may run them.
 */
export const refreshActions = [
  'pre-upgrade-check',
  'resume-upgrade',
  'force-upgrade',
  'pre-refresh-check',
  'force-refresh-start',
  'resume-refresh',
] as const
