import {pino, type DestinationStream, type Logger as Pino} from 'pino'
import type {LogFields, Logger} from './log.ts'
import {allowedFields} from './log-fields.ts'

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly format: 'json' | 'pretty'
  /** where lines go; standard error unless a test hands in another */
  readonly destination?: DestinationStream
}

/**
 * The logger of the process. It writes synchronously and in this process, so that the last line before an exit is never lost.
 *
 * JSON lines carry `time` (RFC 3339), `level`, `msg` and the allowed fields.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination = options.destination ?? pino.destination({dest: 2, sync: true})
  const settings = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {level: (label: string) => ({level: label})},
  }
  return wrap(pino(settings, options.format === 'pretty' ? prettyInto(destination) : destination))
}

function wrap(target: Pino): Logger {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) => {
    if (!target.isLevelEnabled(level)) return
    target[level](fields === undefined ? {} : allowedFields(fields), message)
  }
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: fields => wrap(target.child(allowedFields(fields))),
  }
}

const levelWords: Readonly<Record<string, string>> = {debug: 'DEBUG', info: 'INFO ', warn: 'WARN ', error: 'ERROR'}

/** Turns each JSON line into one for people: time, level, message, then the fields as name=value. */
function prettyInto(destination: DestinationStream): DestinationStream {
  return {
    write(line: string) {
      const {time, level, msg, ...fields} = JSON.parse(line) as Record<string, unknown>
      const rest = Object.entries(fields).map(([name, value]) => `${name}=${quoted(value)}`)
      const word = levelWords[String(level)] ?? String(level)
      destination.write(`${[String(time).slice(11, 23), word, msg, ...rest].join(' ')}\n`)
    },
  }
}

function quoted(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}
