/** The layers of the test suite, in the order in which they run: the cheap and exact ones first. */
export interface Layer {
  readonly name: string
  /** folder under `test/`; every `*.test.ts` below it belongs to the layer */
  readonly folder: string
  /** processes that run at the same time */
  readonly concurrency: number
  /** several test files run in one process, one after another; otherwise each has a process of its own */
  readonly sharesProcesses: boolean
  /** Node follows promises to the test that they belong to, see run-files-in-memory.ts */
  readonly followsPromises: boolean
  /** the files that take longest: they begin first, so that none of them is alone at the end */
  readonly longest: readonly string[]
  /** one test may take this long */
  readonly testTimeoutMs: number
  /** the whole layer may take this long; a file whose process never ends is a failure, not a hang */
  readonly deadlineMs: number
  /** needs the real parts (API server, object store, Juju); they are installed before the clock of the layer starts */
  readonly needsEnvironment: boolean
  /** starts the compiled operator from dist/ */
  readonly needsBuild: boolean
}

const minutes = (n: number): number => n * 60_000

export const layers: readonly Layer[] = [
  layer('unit', {
    concurrency: 2,
    sharesProcesses: true,
    followsPromises: false,
    testTimeoutMs: minutes(1),
    deadlineMs: minutes(10),
  }),
  layer('runtime', {
    concurrency: 3,
    sharesProcesses: true,
    followsPromises: false,
    testTimeoutMs: minutes(3),
    deadlineMs: minutes(15),
  }),
  layer('apiserver', {needsEnvironment: true, testTimeoutMs: minutes(2), deadlineMs: minutes(10)}),
  layer('e2e', {
    needsEnvironment: true,
    needsBuild: true,
    concurrency: 2,
    longest: [
      'restore.test.ts',
      'backup.test.ts',
      'schedules.test.ts',
      'restore-moment.test.ts',
      'environment.test.ts',
    ],
    testTimeoutMs: minutes(4),
    deadlineMs: minutes(25),
  }),
  layer('chaos', {
    needsEnvironment: true,
    needsBuild: true,
    concurrency: 2,
    followsPromises: false,
    longest: ['crash-restores.test.ts', 'crash-everywhere.test.ts', 'crash-other-charms.test.ts'],
    testTimeoutMs: minutes(5),
    deadlineMs: minutes(25),
  }),
  layer('ship', {
    needsEnvironment: true,
    needsBuild: true,
    concurrency: 2,
    longest: ['process.test.ts', 'demo.test.ts'],
    testTimeoutMs: minutes(3),
    deadlineMs: minutes(15),
  }),
]

function layer(
  name: string,
  options: Partial<Omit<Layer, 'name'>> & {testTimeoutMs: number; deadlineMs: number},
): Layer {
  return {
    name,
    folder: `test/${name}`,
    concurrency: 1,
    sharesProcesses: false,
    followsPromises: true,
    longest: [],
    needsEnvironment: false,
    needsBuild: false,
    ...options,
  }
}

/**
 * The layers that the arguments name, in running order; none named = all.
 * @throws RangeError for a name that is no layer
 */
export function selectLayers(names: readonly string[]): readonly Layer[] {
  const unknown = names.find(name => !layers.some(candidate => candidate.name === name))
  if (unknown !== undefined) {
    throw new RangeError(`no layer "${unknown}"; the layers are ${layers.map(candidate => candidate.name).join(', ')}`)
  }
  return names.length === 0 ? layers : layers.filter(candidate => names.includes(candidate.name))
}
