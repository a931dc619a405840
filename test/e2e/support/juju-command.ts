/**
 * Those commands of `juju` that the pages tell, spelled as the real ones, played through the control port of a simulated
 * Juju: there is no `juju` here. Anything else that a page would tell is refused.
 */
import {setTimeout as delay} from 'node:timers/promises'
import {parseArgs} from 'node:util'

const control = process.env['JUJU_CONTROL'] ?? ''

async function ask(command: Readonly<Record<string, unknown>>): Promise<unknown> {
  const response = await fetch(control, {method: 'POST', body: JSON.stringify(command)})
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return answer
}

interface Unit {
  readonly name: string
  readonly status: string
  readonly message: string
}

const unitsOf = async (app: string) => (await ask({op: 'units', app})) as readonly Unit[]

/** Those commands return before the units are up; whoever reads the page goes on when they are. */
async function settled(app: string): Promise<void> {
  const deadline = performance.now() + 60_000
  const settling = ({status}: Unit) => status !== 'active' && status !== 'blocked'
  while ((await unitsOf(app)).some(settling)) {
    if (performance.now() > deadline) throw new Error(`${app} does not settle: ${JSON.stringify(await unitsOf(app))}`)
    await delay(50)
  }
}

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  async status([app = '']) {
    for (const {name, status, message} of await unitsOf(app)) console.log(`${name}  ${status}  ${message}`)
  },
  async operations(args) {
    const {values} = parseArgs({args: [...args], options: {apps: {type: 'string'}}})
    const tasks = (await ask({op: 'tasks'})) as readonly Readonly<
      Record<'task' | 'unit' | 'action' | 'status', string>
    >[]
    for (const {task, unit, action, status} of tasks)
      if (unit.startsWith(`${values.apps}/`)) console.log(`${task}  ${unit}  ${action}  ${status}`)
  },
  async config([app = '', ...others]) {
    if (others.length > 0) throw new RangeError('no page sets options')
    for (const [name, value] of Object.entries((await ask({op: 'config', app})) as Readonly<Record<string, unknown>>))
      console.log(`${name}: ${String(value)}`)
  },
  async deploy(args) {
    const options = {channel: {type: 'string'}, revision: {type: 'string'}, 'num-units': {type: 'string'}} as const
    const {values, positionals} = parseArgs({args: [...args], options, allowPositionals: true})
    const [charm = '', app = charm] = positionals
    const url = `ch:amd64/${charm}-${values.revision}`
    await ask({op: 'deploy', app, charm: url, count: Number(values['num-units'] ?? 1)})
  },
  async integrate([app = '', integrator = '']) {
    await ask({op: 'relate', ends: [`${app}:s3-parameters`, `${integrator}:s3-credentials`]})
    await settled(app)
  },
  async 'add-unit'(args) {
    const options = {'num-units': {type: 'string', short: 'n'}} as const
    const {values, positionals} = parseArgs({args: [...args], options, allowPositionals: true})
    const [app = ''] = positionals
    for (let count = Number(values['num-units'] ?? 1); count > 0; count--) await ask({op: 'start-unit', app})
    await settled(app)
  },
}

const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
if (command === undefined) throw new RangeError(`juju ${name} is not played here`)
await command(args)
