import {z} from 'zod'
import {timeZone} from './cron-pattern.ts'
import {described, shaped} from './schema.ts'

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Weekday = (typeof weekdays)[number]

const windowSchema = z.object({
  days: described(
    z
      .array(z.enum(weekdays))
      .min(1)
      .max(weekdays.length)
      .refine(days => new Set(days).size === days.length, 'write each day once')
      .meta({'x-kubernetes-list-type': 'set'})
      .optional(),
    'Days on which the window begins. Absent: every day.',
    ['Sat', 'Sun'],
  ),
  start: described(
    shaped({
      max: 5,
      pattern: /^([01][0-9]|2[0-3]):[0-5][0-9]$/,
      message: 'write the time of day as HH:MM, for example 22:00',
    }),
    'Time of day at which it begins.',
    '22:00',
  ),
  durationSeconds: described(
    z.int().min(60).max(604_800),
    'How long it lasts; it may go on after midnight. At most a week.',
    21_600,
  ),
  timeZone: described(timeZone().optional(), "Zone of days and start. Absent: the schedule's own.", 'Europe/Berlin'),
  blackout: described(
    z.boolean().default(false),
    'False: a time in which runs may start. True: one in which none may, whatever the other windows say.',
    false,
  ),
})

/** Times in which something may start, and may not. */
export const windowsSchema = z.array(windowSchema).max(32).meta({'x-kubernetes-list-type': 'atomic'})
export type Window = z.output<typeof windowSchema>
