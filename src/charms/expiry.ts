/** How charms let backups expire by themselves (reference/charms.md, 1.6): an option of the integrator, for all applications behind it. */
export const expiryOption = 'experimental-delete-older-than-days'

/** What the charms take at most. */
const mostDays = 9_999_999
const daySeconds = 86_400

/** Charms count whole days, and nothing may go too early. */
export const daysOf = (seconds: number): number => Math.min(mostDays, Math.ceil(seconds / daySeconds))
