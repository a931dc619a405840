const segmentsPerLog = 256

/** Eight upper-case hexadecimal digits. */
function hex8(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0')
}

/** The name of a 16 MiB WAL segment. @param segment its number, counted from the start of WAL */
export function walName(timeline: number, segment: number): string {
  return hex8(timeline) + hex8(Math.floor(segment / segmentsPerLog)) + hex8(segment % segmentsPerLog)
}

/** The number of the segment that has a name. */
export function segmentOf(name: string): number {
  return Number.parseInt(name.slice(8, 16), 16) * segmentsPerLog + Number.parseInt(name.slice(16, 24), 16)
}

/** A log sequence number as PostgreSQL prints it. @param offset bytes into the segment */
export function lsn(segment: number, offset: number): string {
  const low = (segment % segmentsPerLog) * 0x100_0000 + offset
  return `${Math.floor(segment / segmentsPerLog).toString(16)}/${low.toString(16)}`.toUpperCase()
}

/** The name of the file that records how a timeline came to be. */
export function historyName(timeline: number): string {
  return `${hex8(timeline)}.history`
}
