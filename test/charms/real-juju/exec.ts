import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {runCommand} from '../../env/process/command.ts'
import type {EndedTask} from '../unit-agents.ts'
import type {ControlClient} from './control-client.ts'
import {hookTools, type DatabagChange, type HookContext} from './hook-tools.ts'

/** The action behind `juju exec`, which no charm declares. */
export const execAction = 'juju-exec'

export interface ExecRequest {
  readonly control: ControlClient
  readonly application: string
  readonly unit: string
  readonly command: string
  /** ms */
  readonly timeout: number
  /** Aborts when the task is cancelled. */
  readonly signal: AbortSignal
}

/**
 * What a unit's agent does for `juju exec`: a real shell runs the command, with hook tools in its PATH. Whatever its
 * code is, the task is completed; only one that ran out of its time, or was cancelled, is not. What was set in relations
 * comes true when the code is 0.
 */
export async function runExec({control, application, unit, command, timeout, signal}: ExecRequest): Promise<EndedTask> {
  const dir = await mkdtemp(join(tmpdir(), 'charmkeeper-exec-'))
  const changes = join(dir, 'changes')
  try {
    await writeTools(dir)
    const context: HookContext = {...control.address, application, unit, changes}
    const result = await runCommand('/bin/bash', ['-s'], {
      input: command,
      cwd: dir,
      env: {PATH: `${dir}:${process.env['PATH']}`, HOOK_CONTEXT: JSON.stringify(context), JUJU_UNIT_NAME: unit},
      timeoutMs: timeout,
      abort: signal,
    })
    if (signal.aborted) return {status: 'aborted', message: 'action terminated', results: {}}
    if (result.code === null) return {status: 'failed', message: 'command cancelled', results: {}}
    const {code, stdout, stderr} = result
    if (code === 0) await publish(control, application, changes)
    const texts = {...(stdout === '' ? {} : {stdout}), ...(stderr === '' ? {} : {stderr})}
    return {status: 'completed', message: '', results: {'return-code': code, ...texts}}
  } finally {
    await rm(dir, {recursive: true, force: true})
  }
}

async function writeTools(dir: string): Promise<void> {
  const program = join(import.meta.dirname, 'hook-tool.ts')
  for (const tool of Object.keys(hookTools))
    await writeFile(join(dir, tool), `#!/bin/sh\nexec '${process.execPath}' '${program}' ${tool} "$@"\n`, {mode: 0o755})
}

async function publish(control: ControlClient, application: string, changes: string): Promise<void> {
  const lines = await readFile(changes, 'utf8').catch(() => '')
  for (const line of lines.split('\n').filter(text => text !== '')) {
    const {relation, values} = JSON.parse(line) as DatabagChange
    const found = (await control.relations(application)).find(({id}) => id === relation)
    const merged = Object.entries({...found?.own, ...values}).filter(([, value]) => value !== '')
    await control.publish(application, relation, Object.fromEntries(merged))
  }
}
