import {startChild, type Usage} from './support/child.ts'
import {startCountingProxy} from './support/counting-proxy.ts'
import type {jujuClients, JujuWork} from './support/juju-clients.ts'
import {startJujuServer, type JujuPlace, type JujuServer} from './support/juju-server.ts'
import {printFigures, type Figure} from './support/report.ts'

const rounds = 5
const units = 200
const sessions = 500
/** The first sessions load modules and compile code, and are not counted. */
const warmSessions = 10
const windowMs = 60_000

type Kind = keyof typeof jujuClients

interface Sessions {
  readonly sessions: number
  readonly bytesPerSession: number
  readonly idlePercent: number
  readonly polledPercent: number
}

/** Our client of Juju beside Canonical's JavaScript client, on one simulated Juju; then many sessions in one process. */
export async function benchJuju(): Promise<void> {
  const juju = await startJujuServer(units, sessions + warmSessions)
  try {
    const calls = [
      ...(await compareCalls(juju, 40_000, 100)),
      ...(await compareCalls(juju, 20_000, 10)),
      ...(await compareCalls(juju, 5000, 1)),
    ]
    printFigures(`Calls over one session; floor: @canonical/jujulib (medians of ${rounds})`, calls)
    printFigures(
      `FullStatus of ${units} units; floor: @canonical/jujulib (medians of ${rounds})`,
      await compareStatus(juju),
    )
    printSessions(await startChild<Sessions>('juju-sessions', JSON.stringify(placeOf(juju)), String(windowMs)).result)
  } finally {
    juju.stop()
  }
}

async function compareCalls(juju: JujuServer, count: number, width: number): Promise<readonly Figure[]> {
  const {ours, jujulib} = await alternating(juju, 'ping', count, width)
  const perSecond = ({wallMs}: Usage): number => (count / wallMs) * 1000
  const cpuPerCall = ({cpuMs}: Usage): number => (cpuMs / count) * 1000
  return [
    {
      what: `calls per second, ${width} at once`,
      figure: median(ours.map(perSecond)),
      floor: median(jujulib.map(perSecond)),
      unit: '/s',
      goal: width === 100 ? 'twice' : '',
    },
    {
      what: `CPU per call, ${width} at once`,
      figure: median(ours.map(cpuPerCall)),
      floor: median(jujulib.map(cpuPerCall)),
      unit: 'µs',
      goal: '',
    },
  ]
}

async function compareStatus(juju: JujuServer): Promise<readonly Figure[]> {
  const count = 100
  const {ours, jujulib} = await alternating(juju, 'status', count, 1)
  const cpu = ({cpuMs}: Usage): number => cpuMs / count
  return [
    {what: 'CPU', figure: median(ours.map(cpu)), floor: median(jujulib.map(cpu)), unit: 'ms', goal: ''},
    {
      what: 'bytes',
      figure: await bytesPerStatus(juju, 'ours'),
      floor: await bytesPerStatus(juju, 'jujulib'),
      unit: 'KiB',
      goal: '',
    },
  ]
}

/** Rounds of the two clients in turn, so that what else the machine does meets both alike. */
async function alternating(
  juju: JujuServer,
  work: JujuWork,
  count: number,
  width: number,
): Promise<Readonly<Record<Kind, readonly Usage[]>>> {
  const runs: Record<Kind, Usage[]> = {ours: [], jujulib: []}
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['ours', 'jujulib'] as const) runs[kind].push(await run(placeOf(juju), kind, work, count, width))
  }
  return runs
}

/** The difference of two runs: logins and handshakes are the same in both. @returns KiB */
async function bytesPerStatus(juju: JujuServer, kind: Kind): Promise<number> {
  const proxy = await startCountingProxy(new URL(`https://${juju.endpoint}`))
  try {
    const place = {...placeOf(juju), endpoint: `127.0.0.1:${proxy.port}`}
    const bytesOf = async (count: number): Promise<number> => {
      await run(place, kind, 'status', count, 1)
      return proxy.takeBytes()
    }
    const [few, many] = [await bytesOf(2), await bytesOf(12)]
    // A run makes half as many again to warm up.
    return (many - few) / 15 / 1024
  } finally {
    await proxy.close()
  }
}

function run(place: JujuPlace, kind: Kind, work: JujuWork, count: number, width: number): Promise<Usage> {
  return startChild<Usage>('juju-calls', kind, work, JSON.stringify(place), String(count), String(width)).result
}

function placeOf({endpoint, caCertificate, username, password, modelUUIDs}: JujuServer): JujuPlace {
  return {endpoint, caCertificate, username, password, modelUUIDs}
}

function printSessions({sessions: count, bytesPerSession, idlePercent, polledPercent}: Sessions): void {
  const floor = 0
  printFigures(`${count} sessions in one process, each to a model of its own`, [
    {what: 'memory per session', figure: bytesPerSession / 1024, floor, unit: 'KiB', goal: 'at most 200 KiB'},
    {what: 'CPU, connected and pinged', figure: idlePercent, floor, unit: '% of a core', goal: 'below 2 %'},
    {what: 'CPU, each polled once a minute', figure: polledPercent, floor, unit: '% of a core', goal: ''},
  ])
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
