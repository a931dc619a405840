import {spawn} from 'node:child_process'
import path from 'node:path'
import type {Outcome} from './summary.ts'

/** Runs one npm script as a row of the summary; its output is shown as it comes. */
export async function runScript(name: string, root: string, args: readonly string[] = []): Promise<Outcome> {
  const started = performance.now()
  const code = await exitCode(npm(), ['run', '--silent', name, ...(args.length > 0 ? ['--', ...args] : [])], root)
  const seconds = (performance.now() - started) / 1000
  const row = {name, tests: 0, passed: 0, failed: 0, skipped: 0, seconds}
  return code === 0 ? row : {...row, problem: `npm run ${name} ended with exit code ${code}`}
}

function npm(): string {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm'
}

async function exitCode(command: string, args: readonly string[], cwd: string): Promise<number> {
  // Scripts find the pinned Node first, whatever Node started this process.
  const env = {
    ...process.env,
    PATH: `${path.join(cwd, 'node_modules/.bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
  }
  const child = spawn(command, args, {cwd, env, stdio: 'inherit'})
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', code => resolve(code ?? 1))
  })
}
