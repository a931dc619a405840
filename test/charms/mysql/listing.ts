const idPattern = /^\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d{1,2}:\d{1,2}Z$/

/** Whether Python's `strptime` reads the text as a backup id. */
function isBackupId(text: string): boolean {
  return idPattern.test(text) && isTime(text.replace('T', ' ').slice(0, -1))
}

/** Whether a time without zone, in Python's `%Y-%m-%d %H:%M:%S`, exists in the calendar. */
export function isTime(text: string): boolean {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = text.split(/[- :]/).map(Number)
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute))
  const sameDay = time.getUTCFullYear() === year && time.getUTCMonth() === month - 1 && time.getUTCDate() === day
  return sameDay && hour < 24 && minute < 60 && second < 62
}

/**
 * The backups that objects directly below a path stand for, oldest first. Metadata alone is a backup in progress, however
 * long ago it was begun.
 *
 * @param prefix the path with a slash at its end
 */
export function backupsOf(keys: readonly string[], prefix: string): readonly (readonly [string, string])[] {
  const names = keys.map(key => key.slice(prefix.length)).filter(name => !name.includes('/'))
  const idsOf = (suffix: string): readonly string[] =>
    names.filter(name => name.includes(suffix)).map(name => name.slice(0, name.indexOf(suffix)))
  const finished = new Set(idsOf('.md5'))
  const logged = new Set(idsOf('.backup.log'))
  const statusOf = (id: string): string => {
    if (finished.has(id)) return 'finished'
    return logged.has(id) ? 'failed' : 'in progress'
  }
  return idsOf('.metadata')
    .filter(isBackupId)
    .sort()
    .map(id => [id, statusOf(id)])
}
