/** Fields of a log line. Name what you log; never hand in a whole object, it may hold a secret. */
export type LogFields = Record<string, unknown>

/** What the houses log to. The process decides where lines go and how they look. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger
}

const nothing = (): void => undefined

/** Drops every line. */
export const silentLogger: Logger = Object.freeze({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
})
