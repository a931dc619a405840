#!/usr/bin/env node
/** The operator: config -> manager -> run -> exit code (0: told to stop; 1: a fault; 2: told something that it refuses). */
import {readFileSync} from 'node:fs'
import {ClusterIdUnknown} from './cluster-id.ts'
import {helpText, readCommand, type Config} from './config.ts'
import {KubeconfigInvalid} from './kube/connection.ts'
import {createLogger} from './observability/logger.ts'
import {LoopLag} from './observability/loop-lag.ts'
import type {Logger} from './observability/log.ts'
import {Metrics} from './observability/metrics.ts'
import {assemble} from './operator.ts'
import {serveProbes, type Probes} from './probes.ts'
import {systemClock} from './time/clock.ts'

async function main(): Promise<number> {
  const version = readVersion()
  const command = readCommand(process.argv.slice(2), process.env)
  if (command.do === 'refuse') return say(process.stderr, command.message, 2)
  if (command.do === 'help') return say(process.stdout, helpText(), 0)
  if (command.do === 'version') return say(process.stdout, version, 0)
  const log = createLogger({level: command.config.logLevel, format: command.config.logFormat})
  exitOnFaults(log)
  return await run(command.config, version, log)
}

async function run(config: Config, version: string, log: Logger): Promise<number> {
  const stop = stopSignal(log)
  const metrics = new Metrics(version)
  const lag = new LoopLag()
  lag.start()
  let probes: Probes | undefined
  try {
    log.info('starting', {version, pid: process.pid})
    probes = await serveProbes(config, {metrics, lag, log})
    const around = {config, env: process.env, version, clock: systemClock, random: Math.random, log, metrics}
    const manager = await assemble(around, stop)
    probes.follow(manager.health)
    await manager.run(stop)
    return 0
  } catch (error) {
    if (stop.aborted && error === stop.reason) return 0
    log.error('the operator ends', {error})
    return error instanceof KubeconfigInvalid || error instanceof ClusterIdUnknown ? 2 : 1
  } finally {
    await probes?.close()
    lag.stop()
  }
}

/** Aborts on the first SIGTERM or SIGINT; more of them change nothing (a terminal and a launcher may both send one). */
function stopSignal(log: Logger): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) return
      log.info('told to stop', {signal})
      stop.abort(new Error(`${signal} received`))
    })
  }
  return stop.signal
}

/** Nothing is known about the state of a process after these: it ends, and is started again. */
function exitOnFaults(log: Logger): void {
  for (const fault of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(fault, (error: unknown) => {
      log.error('a fault that nobody handles', {reason: fault, error})
      process.exit(1)
    })
  }
}

function readVersion(): string {
  // One folder up both from src/ and from dist/.
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as {version: string}).version
}

function say(stream: NodeJS.WriteStream, text: string, exitCode: number): number {
  stream.write(`${text}\n`)
  return exitCode
}

process.exit(await main())
