import {chmod, mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {runOrThrow} from '../../env/process/command.ts'

export interface ShellOptions {
  /** Made by open; whoever owns the folder above removes it. */
  readonly dir: string
  /** Programs by name, each a line of shell that gets the arguments as `"$@"`. */
  readonly programs: Readonly<Record<string, string>>
}

/** A person's terminal: what a script exports is there for the next one, and a command that fails ends the script. */
export class Shell {
  readonly #dir: string

  private constructor(dir: string) {
    this.#dir = dir
  }

  static async open({dir, programs}: ShellOptions): Promise<Shell> {
    await mkdir(path.join(dir, 'bin'), {recursive: true})
    for (const [name, line] of Object.entries(programs)) {
      const file = path.join(dir, 'bin', name)
      await writeFile(file, `#!/bin/sh\n${line}\n`)
      await chmod(file, 0o755)
    }
    await writeFile(path.join(dir, 'exported'), '')
    return new Shell(dir)
  }

  /** @returns stdout @throws CommandFailed with what the script said */
  run(script: string): Promise<string> {
    const whole = `set -euo pipefail\n. ./exported\n${script}\nexport -p > ./exported\n`
    const env = {PATH: `${path.join(this.#dir, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: this.#dir}
    return runOrThrow('bash', ['-c', whole], {cwd: this.#dir, env, timeoutMs: 180_000})
  }
}
