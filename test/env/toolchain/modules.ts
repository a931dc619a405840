import {createHash} from 'node:crypto'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {runOrThrow} from '../process/command.ts'

/** A folder with a go.mod whose programs the test environment runs. */
export interface GoModule {
  /** Name of the folder below test/env. */
  readonly name: string
  /** Program name -> arguments of `go build` (or `go test -c`) that make it, without -o. */
  readonly programs: Readonly<Record<string, readonly string[]>>
  /** Whether it needs a C compiler. */
  readonly cgo: boolean
}

const kubernetesVersion = 'v1.36.3'
const small = ['-trimpath', '-buildvcs=false']
// kubectl refuses to work with a server whose version it cannot parse, and a plain build has none.
const kubernetes = [
  'build',
  ...small,
  '-ldflags',
  `-s -w -X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
]

export const goModules = [
  {
    name: 'control-plane',
    cgo: false,
    programs: {
      etcd: [...kubernetes, './etcd'],
      'kube-apiserver': [...kubernetes, './kube-apiserver'],
      'kube-controller-manager': [...kubernetes, './kube-controller-manager'],
      kubectl: [...kubernetes, './kubectl'],
    },
  },
  {
    name: 's3',
    cgo: false,
    programs: {versitygw: ['build', ...small, '-ldflags', '-s -w', 'github.com/versity/versitygw/cmd/versitygw']},
  },
  {
    name: 'helm',
    cgo: false,
    programs: {helm: ['build', ...small, '-ldflags', '-s -w', 'helm.sh/helm/v4/cmd/helm']},
  },
  {
    name: 'juju-server',
    cgo: true,
    programs: {'juju-server': ['test', ...small, '-c', '.']},
  },
  {
    name: 'juju-client',
    cgo: false,
    programs: {'juju-client': ['build', ...small, '-ldflags', '-s -w', '.']},
  },
] as const satisfies readonly GoModule[]

/** What the built programs depend on: every file of the module, the flags, and the Go that builds them. */
export async function moduleHash(module: GoModule, directory: string, goVersion: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([module, goVersion, process.platform, process.arch]))
  const names = (await readdir(directory, {recursive: true})).filter(name => /(^go\.(mod|sum)|\.go)$/.test(name)).sort()
  for (const name of names) hash.update(`\0${name}\0`).update(await readFile(join(directory, name)))
  return hash.digest('hex').slice(0, 16)
}

/**
 * The version of the Go in PATH, as the module wants it: an older one fetches the version that go.mod names by itself.
 *
 * @throws Error naming the command that installs Go
 */
export async function goVersion(directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await runOrThrow('go', ['env', 'GOVERSION'], {cwd: directory, env})).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
    throw new Error(
      `Go is missing. Install it with\n` +
        `  curl -fsSL https://go.dev/dl/go1.26.5.${platform}.tar.gz | tar -C /usr/local -xz && export PATH=$PATH:/usr/local/go/bin\n` +
        `and run this again.`,
      {cause: error},
    )
  }
}
