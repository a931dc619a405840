import {mkdir, mkdtemp, rename, rm} from 'node:fs/promises'
import {homedir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {runCommand, CommandFailed} from '../process/command.ts'
import {executable} from '../process/isolation.ts'
import {withLock} from './lock.ts'
import {goModules, goVersion, moduleHash, type GoModule} from './modules.ts'

const environmentDirectory = dirname(dirname(fileURLToPath(import.meta.url)))

export type Report = (line: string) => void

/** Outside the checkout, so that clones share it: $XDG_CACHE_HOME/charmkeeper/test-env. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'charmkeeper', 'test-env')
}

/**
 * Builds the programs that the cache does not have, each into a temporary folder first, so that a cache never holds
 * half a program; one process builds at a time.
 *
 * @returns program name -> path
 * @throws CommandFailed with the compiler's words; Error when Go is missing
 */
export async function ensureGoPrograms(wanted: readonly string[], env: NodeJS.ProcessEnv, report: Report) {
  const paths: Record<string, string> = {}
  for (const module of goModules as readonly GoModule[]) {
    const programs = Object.keys(module.programs).filter(name => wanted.includes(name))
    if (programs.length === 0) continue
    const source = join(environmentDirectory, module.name)
    const hash = await moduleHash(module, source, await goVersion(source, env))
    const directory = join(cacheDirectory(env), `${module.name}-${hash}`)
    for (const program of programs) paths[program] = join(directory, program)
    const missing = () => programs.filter(program => !executable(join(directory, program)))
    if (missing().length === 0) continue
    await mkdir(directory, {recursive: true})
    const wait = (pid: number) => report(`${module.name}: process ${pid} is building it; waiting`)
    await withLock(join(cacheDirectory(env), 'lock'), wait, async () => {
      for (const program of missing()) await build(module, program, {source, directory, env, report})
    })
  }
  return paths
}

interface BuildPlace {
  readonly source: string
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
  readonly report: Report
}

async function build(module: GoModule, program: string, {source, directory, env, report}: BuildPlace): Promise<void> {
  const temporary = await mkdtemp(join(directory, '.building-'))
  const started = performance.now()
  const seconds = () => Math.round((performance.now() - started) / 1000)
  report(`${program}: building`)
  const still = setInterval(() => report(`${program}: still building (${seconds()} s)`), 30_000)
  try {
    const [verb = 'build', ...args] = module.programs[program] ?? []
    const target = join(temporary, program)
    // Programs without cgo get the default too: so all modules share the compiled standard library.
    const settings = {...env, GOFLAGS: '-mod=readonly', ...(module.cgo ? {CGO_ENABLED: '1'} : {})}
    const result = await runCommand('go', [verb, '-o', target, ...args], {cwd: source, env: settings})
    if (result.code !== 0) throw new CommandFailed(result)
    await rename(target, join(directory, program))
    report(`${program}: built in ${seconds()} s`)
  } finally {
    clearInterval(still)
    await rm(temporary, {recursive: true, force: true})
  }
}
