import {sleep} from '../../../src/time/clock.ts'
import type {Clock} from '../../../src/time/clock.ts'
import type {EndedTask} from '../../charms/unit-agents.ts'
import {hookTools, ToolError} from './hook-tools.ts'
import type {DatabagChange, HookContext} from './hook-tools.ts'
import {parseScript} from './shell.ts'
import type {ShellCommand} from './shell.ts'

/** The action behind `juju exec`, which no charm declares. */
export const execAction = 'juju-exec'

export interface ExecRequest {
  readonly context: Omit<HookContext, 'changes'>
  readonly clock: Clock
  readonly command: string
  /** ms; 0: none */
  readonly timeout: number
  /** Aborts when the task is cancelled. */
  readonly signal: AbortSignal
  /** An application's databag has changed. */
  readonly published: (other: {readonly application: string; readonly endpoint: string}) => void
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a command in a unit's hook context. Whatever its code is, the task is completed; only one that ran out of its time,
 * or was cancelled, is not. What was set in relations comes true when the code is 0.
 */
export async function runExec({context, clock, command, timeout, signal, published}: ExecRequest): Promise<EndedTask> {
  const changes: DatabagChange[] = []
  const limit = new AbortController()
  const timer = timeout > 0 ? clock.setTimer(timeout, () => limit.abort()) : undefined
  try {
    const ended = await runScript({...context, changes}, command, ms =>
      sleep(clock, ms, AbortSignal.any([signal, limit.signal])),
    )
    if (ended.code === 0) for (const change of changes) apply(context, change, published)
    const {stdout, stderr} = ended
    const texts = {...(stdout === '' ? {} : {stdout}), ...(stderr === '' ? {} : {stderr})}
    return {status: 'completed', message: '', results: {'return-code': ended.code, ...texts}}
  } catch (error) {
    if (signal.aborted) return {status: 'aborted', message: 'action terminated', results: {}}
    if (limit.signal.aborted) return {status: 'failed', message: 'command cancelled', results: {}}
    throw error
  } finally {
    timer?.cancel()
  }
}

function apply({unit}: Pick<HookContext, 'unit'>, change: DatabagChange, published: ExecRequest['published']): void {
  const {end, other, ofApplication, values} = change
  const kept = (data: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries({...data, ...values}).filter(([, value]) => value !== ''))
  if (ofApplication) {
    end.data = kept(end.data)
    published(other)
    return
  }
  const next = kept(unit.databag)
  for (const key of Object.keys(unit.databag)) if (!(key in next)) delete unit.databag[key]
  Object.assign(unit.databag, next)
}

type Pause = (ms: number) => Promise<void>

async function runScript(context: HookContext, script: string, pause: Pause): Promise<Ended> {
  let ended: Ended = {code: 0, stdout: '', stderr: ''}
  for (const command of commandsOf(script)) {
    if (command instanceof SyntaxError) return {...ended, code: 2, stderr: `/bin/bash: ${command.message}\n`}
    if (command.after === 'success' && ended.code !== 0) continue
    if (command.after === 'failure' && ended.code === 0) continue
    const {code, stdout, stderr} = await runCommand(context, command, pause)
    ended = {code, stdout: ended.stdout + stdout, stderr: ended.stderr + stderr}
  }
  return ended
}

function commandsOf(script: string): readonly (ShellCommand | SyntaxError)[] {
  try {
    return parseScript(script)
  } catch (error) {
    if (error instanceof SyntaxError) return [error]
    throw error
  }
}

async function runCommand(context: HookContext, {words, stdin}: ShellCommand, pause: Pause): Promise<Ended> {
  const [name = '', ...args] = words
  const ok = (stdout = ''): Ended => ({code: 0, stdout, stderr: ''})
  switch (name) {
    case 'true':
      return ok()
    case 'false':
      return {code: 1, stdout: '', stderr: ''}
    case 'echo':
      return ok(`${args.join(' ')}\n`)
    case 'hostname':
      return ok(`${context.unit.name.replace('/', '-')}\n`)
    case 'sleep':
      await pause(Number(args[0]) * 1000)
      return ok()
    default:
      return runTool(context, name, args, stdin)
  }
}

function runTool(context: HookContext, name: string, args: readonly string[], stdin: string): Ended {
  const tool = Object.hasOwn(hookTools, name) ? hookTools[name] : undefined
  if (tool === undefined) return {code: 127, stdout: '', stderr: `/bin/bash: line 1: ${name}: command not found\n`}
  try {
    return {code: 0, stdout: tool(context, args, stdin), stderr: ''}
  } catch (error) {
    if (error instanceof ToolError) return {code: 1, stdout: '', stderr: `ERROR ${error.message}\n`}
    throw error
  }
}
