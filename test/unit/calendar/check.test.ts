import assert from 'node:assert/strict'
import test from 'node:test'
import {checkPattern, nextSlot} from '../../../src/calendar/index.ts'

/** A Wednesday. */
const from = Date.parse('2026-04-01T00:00:00Z')

const valid: readonly [schedule: string, next: string][] = [
  ['0 2 * * *', '2026-04-01T02:00'],
  ['*/2 * * * *', '2026-04-01T00:02'],
  ['5,10,15 * * * *', '2026-04-01T00:05'],
  ['10-12 3 * * *', '2026-04-01T03:10'],
  ['10-50/20 3 * * *', '2026-04-01T03:10'],
  ['0 */6 * * *', '2026-04-01T06:00'],
  ['0 2 15 * *', '2026-04-15T02:00'],
  ['0 2 31 * *', '2026-05-31T02:00'],
  ['0 2 * 6 *', '2026-06-01T02:00'],
  ['0 2 * JUN *', '2026-06-01T02:00'],
  ['0 2 * jun-aug *', '2026-06-01T02:00'],
  ['0 2 * * 0', '2026-04-05T02:00'],
  ['0 2 * * 7', '2026-04-05T02:00'],
  ['0 2 * * SUN', '2026-04-05T02:00'],
  ['0 2 * * SAT-SUN', '2026-04-04T02:00'],
  ['0 2 * * SUN-SUN', '2026-04-05T02:00'],
  ['0 2 * * sun-tue', '2026-04-05T02:00'],
  ['0 2 * * FRI-7', '2026-04-03T02:00'],
  ['0 2 * * MON,fri', '2026-04-03T02:00'],
  ['0 2 * * MON-FRI/2', '2026-04-01T02:00'],
  ['0 0 29 2 *', '2028-02-29T00:00'],
  ['05 02 * * *', '2026-04-01T02:05'],
  ['  0\t2  *  * * ', '2026-04-01T02:00'],
  ['*/60 * * * *', '2026-04-01T01:00'],
  ['@hourly', '2026-04-01T01:00'],
  ['@daily', '2026-04-02T00:00'],
  ['@weekly', '2026-04-05T00:00'],
  ['@monthly', '2026-05-01T00:00'],
  ['@yearly', '2027-01-01T00:00'],
]
for (const [schedule, next] of valid) {
  test(`S5.2 taken: "${schedule}"`, () => {
    assert.equal(checkPattern(schedule, 'UTC'), undefined)
    assert.equal(nextSlot(schedule, 'UTC', from), Date.parse(`${next}Z`))
  })
}

const eitherMatches: readonly [schedule: string, next: string, why: string][] = [
  ['0 2 20 * MON', '2026-04-06T02:00', 'a Monday, whatever the date'],
  ['0 2 3 * MON', '2026-04-03T02:00', 'the third, whatever the weekday'],
  ['0 2 * * MON', '2026-04-06T02:00', '* does not restrict'],
  ['0 2 */1 * MON', '2026-04-06T02:00', '*/1 is *'],
  ['0 2 5,* * MON', '2026-04-06T02:00', 'nor does a list with * in it'],
  ['0 2 */2 * MON', '2026-04-01T02:00', 'a step restricts: odd days, and Mondays'],
  ['0 2 30 2 MON', '2027-02-01T02:00', 'a day that the month does not have, and Mondays'],
]
for (const [schedule, next, why] of eitherMatches) {
  test(`S5.2 day of month and day of week, either matches: "${schedule}": ${why}`, () => {
    assert.equal(checkPattern(schedule, 'UTC'), undefined)
    assert.equal(nextSlot(schedule, 'UTC', from), Date.parse(`${next}Z`))
  })
}

const refused: readonly [schedule: string, where: string, message: RegExp][] = [
  ['60 2 * * *', 'minute 1', /^minute \(field 1 of 5\) "60": "60" is not a number from 0 to 59$/],
  ['0 24 * * *', 'hour 2', /"24" is not a number from 0 to 23/],
  ['0 2 0 * *', 'day of month 3', /"0" is not a number from 1 to 31/],
  ['0 2 32 * *', 'day of month 3', /"32" is not a number from 1 to 31/],
  ['0 2 * 13 *', 'month 4', /"13" is not a number from 1 to 12 or one of JAN, FEB/],
  ['0 2 * * 8', 'day of week 5', /"8" is not a number from 0 to 7 or one of SUN, MON/],
  ['0 2 * * MONDAY', 'day of week 5', /"MONDAY" is not a number/],
  ['0 2 * MON *', 'month 4', /"MON" is not a number/],
  ['-5 2 * * *', 'minute 1', /"" is not a number/],
  ['5- 2 * * *', 'minute 1', /"" is not a number/],
  ['1.5 2 * * *', 'minute 1', /"1.5" is not a number/],
  ['1-2-3 2 * * *', 'minute 1', /"1-2-3" is no range/],
  ['0 22-5 * * *', 'hour 2', /"22-5" ends before it begins; write 22-23,0-5/],
  ['0 2 * NOV-FEB *', 'month 4', /write NOV-DEC,JAN-FEB/],
  ['0 2 * * FRI-MON', 'day of week 5', /write FRI-SUN,SUN-MON/],
  ['5/10 2 * * *', 'minute 1', /write 5-59\/10 instead of 5\/10/],
  ['/10 2 * * *', 'minute 1', /"" is not a number/],
  ['*/0 2 * * *', 'minute 1', /the step "0" is not a number from 1 to 60/],
  ['*/90 2 * * *', 'minute 1', /the step "90" is not a number from 1 to 60/],
  ['*/5/5 2 * * *', 'minute 1', /more than one "\/"/],
  ['*/x 2 * * *', 'minute 1', /the step "x" is not a number/],
  ['** 2 * * *', 'minute 1', /"\*\*" is not a number/],
  ['0 2,,3 * * *', 'hour 2', /nothing before, between or after the commas/],
  ['0 2, * * *', 'hour 2', /nothing before, between or after the commas/],
  ['0 2 ? * *', 'day of month 3', /no "\?" here; write \*/],
  ['0 2 L * *', 'day of month 3', /no "L" .* write 28/],
  ['0 2 LW * *', 'day of month 3', /no "L"/],
  ['0 2 15W * *', 'day of month 3', /no "W"/],
  ['0 2 * * 5L', 'day of week 5', /no "L"/],
  ['0 2 * * FRIL', 'day of week 5', /no "L"/],
  ['0 2 * * MON#2', 'day of week 5', /no "#"/],
  ['0 2 1 * +MON', 'day of week 5', /no "\+" here; where both day fields are given, either may match/],
  ['H 2 * * *', 'minute 1', /no "H" here; .*jitterSeconds/],
  ['H/15 * * * *', 'minute 1', /no "H" here/],
  ['', '', /is empty; write five fields/],
  ['   ', '', /is empty/],
  ['0 2 * *', '', /has 4 fields, five are needed \(minute hour day month weekday\)$/],
  ['2', '', /has 1 field, five are needed/],
  ['0 0 2 * * *', '', /has 6 fields, .* there are no seconds here, leave the first field out/],
  ['0 0 2 * * * 2026', '', /has 7 fields/],
  ['@every 5m', '', /"@every 5m" is not known; write one of @hourly, @daily/],
  ['@reboot', '', /"@reboot" is not known/],
  ['@midnight', '', /"@midnight" is not known; write @daily, which is the same$/],
  ['@Daily', '', /"@Daily" is not known; write @daily/],
  ['@Annually', '', /"@Annually" is not known; write @yearly, which is the same$/],
  ['TZ=Europe/Berlin 0 2 * * *', '', /write the zone in spec.timeZone/],
  ['CRON_TZ=UTC 0 2 * * *', '', /write the zone in spec.timeZone/],
]
for (const [schedule, where, message] of refused) {
  test(`S5.2 refused: "${schedule}"`, () => {
    const problem = checkPattern(schedule, 'UTC')
    assert.equal(problem?.reason, 'InvalidSchedule')
    assert.match(problem.message, message)
    assert.equal([problem.field, problem.position].join(' ').trim(), where)
    assert.throws(() => nextSlot(schedule, 'UTC', from), RangeError)
  })
}

test('S5.2 of several wrong fields the first is named', () => {
  assert.equal(checkPattern('60 24 * * *', 'UTC')?.field, 'minute')
})

test('S5.2 what a message tells to write is taken', () => {
  const told = ['0 22-23,0-5 * * *', '0 2 * NOV-DEC,JAN-FEB *', '0 2 * * FRI-SUN,SUN-MON', '5-59/10 2 * * *']
  for (const schedule of told) assert.equal(checkPattern(schedule, 'UTC'), undefined, schedule)
})

for (const schedule of ['0 0 30 2 *', '0 0 31 2,4,6,9,11 *', '0 0 30,31 FEB *']) {
  test(`S5.2 never matches, and says so: "${schedule}"`, () => {
    const problem = checkPattern(schedule, 'UTC')
    assert.deepEqual([problem?.reason, problem?.field, problem?.position], ['NeverMatches', 'day of month', 3])
    assert.equal(nextSlot(schedule, 'UTC', from), undefined)
  })
}

for (const zone of [
  'UTC',
  'Europe/Berlin',
  'Europe/Kyiv',
  'Asia/Calcutta',
  'Etc/GMT-2',
  'EST',
  'America/Argentina/Ushuaia',
]) {
  test(`S5.3 a time zone: "${zone}"`, () => assert.equal(checkPattern('0 2 * * *', zone), undefined))
}

const noZones: readonly [zone: string, message: RegExp][] = [
  ['', /the time zone is empty/],
  [
    'Mars/Olympus',
    /"Mars\/Olympus" is not a time zone of the IANA database; write a name such as UTC or Europe\/Berlin/,
  ],
  ['Europe/Berln', /is not a time zone/],
  ['Local', /is not a time zone/],
  ['IST', /is not a time zone/],
  ['PST', /is not a time zone/],
  ['+02:00', /is an offset and no time zone; write Etc\/GMT-2 \(its sign is reversed\)/],
  ['UTC+2', /write Etc\/GMT-2/],
  ['GMT-3', /write Etc\/GMT\+3/],
  ['+05:30', /is not a time zone/],
]
for (const [zone, message] of noZones) {
  test(`S5.3 no time zone: "${zone}"`, () => {
    const problem = checkPattern('0 2 * * *', zone)
    assert.deepEqual([problem?.reason, problem?.field], ['InvalidSchedule', 'time zone'])
    assert.match(problem?.message ?? '', message)
  })
}
