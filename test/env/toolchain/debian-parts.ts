import {existsSync} from 'node:fs'
import {mkdir, rm, writeFile} from 'node:fs/promises'
import {userInfo} from 'node:os'
import {delimiter, dirname} from 'node:path'
import {CommandFailed, runCommand} from '../process/command.ts'
import {findProgram} from '../process/isolation.ts'
import type {Report} from './go-parts.ts'

/** A program that Debian packages, and where it may lie beside PATH. */
interface DebianPart {
  readonly package: string
  readonly program: string
  readonly folders: readonly string[]
}

export const debianParts = {
  postgres: {package: 'postgresql-15', program: 'postgres', folders: ['/usr/lib/postgresql/15/bin']},
  pgbackrest: {package: 'pgbackrest', program: 'pgbackrest', folders: []},
  promtool: {package: 'prometheus', program: 'promtool', folders: []},
  gcc: {package: 'gcc libc6-dev', program: 'gcc', folders: []},
} as const satisfies Record<string, DebianPart>

/** What decides whether packages can be installed. */
export interface Machine {
  readonly isRoot: boolean
  readonly hasApt: boolean
}

const thisMachine = (): Machine => ({isRoot: userInfo().uid === 0, hasApt: existsSync('/usr/bin/apt-get')})

/**
 * Finds the programs, and installs with apt-get what is missing where that is possible (root, apt-get).
 *
 * @returns part name -> path of the program
 * @throws Error naming the command to run where it is not; CommandFailed when apt-get fails
 */
export async function ensureDebianPrograms(
  wanted: readonly string[],
  env: NodeJS.ProcessEnv,
  report: Report,
  machine: Machine = thisMachine(),
) {
  const parts = Object.entries<DebianPart>(debianParts).filter(([name]) => wanted.includes(name))
  const missing = parts
    .filter(([, part]) => find(part, env) === undefined)
    .flatMap(([, part]) => part.package.split(' '))
  if (missing.length > 0) await install(missing, env, report, machine)
  return Object.fromEntries(
    parts.map(([name, part]) => {
      const path = find(part, env)
      if (path === undefined) throw new Error(`${part.program} is not there, although ${part.package} was installed`)
      return [name, path]
    }),
  )
}

function find(part: DebianPart, env: NodeJS.ProcessEnv): string | undefined {
  const path = part.folders.length > 0 ? part.folders.join(delimiter) : (env['PATH'] ?? '')
  return findProgram(part.program, path)
}

async function install(
  packages: readonly string[],
  env: NodeJS.ProcessEnv,
  report: Report,
  {isRoot, hasApt}: Machine,
): Promise<void> {
  if (!isRoot || !hasApt) {
    const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
    throw new Error(`${packages.join(', ')} missing: run this on Debian, as root
  ${command}
and then this again.`)
  }
  const started = performance.now()
  report(`${packages.join(', ')}: installing`)
  const apt = async (...args: string[]) => {
    const result = await runCommand('apt-get', args, {env: {...env, DEBIAN_FRONTEND: 'noninteractive'}})
    if (result.code !== 0) throw new CommandFailed(result)
  }
  await apt('update', '-q')
  await withoutServices(async () => await apt('install', '-y', '-q', '--no-install-recommends', ...packages))
  report(`${packages.join(', ')}: installed in ${Math.round((performance.now() - started) / 1000)} s`)
}

/**
 * The packages are installed for their programs: no service is started, and no cluster `main` is made. What says so
 * to dpkg is removed again, unless it was there before.
 */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const files = [
    {path: '/usr/sbin/policy-rc.d', text: '#!/bin/sh\nexit 101\n', mode: 0o755},
    {
      path: '/etc/postgresql-common/createcluster.d/charmkeeper.conf',
      text: 'create_main_cluster = false\n',
      mode: 0o644,
    },
  ].filter(file => !existsSync(file.path))
  for (const {path, text, mode} of files) {
    await mkdir(dirname(path), {recursive: true})
    await writeFile(path, text, {mode})
  }
  try {
    await work()
  } finally {
    for (const {path} of files) await rm(path, {force: true})
  }
}
