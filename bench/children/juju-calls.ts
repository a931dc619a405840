/** The same call, many times over one session, through one of two clients: ours, jujulib. */
import {measure} from '../support/child.ts'
import {inParallel} from '../support/in-parallel.ts'
import {jujuClients, type JujuWork} from '../support/juju-clients.ts'
import type {JujuPlace} from '../support/juju-server.ts'

const [, , kind = '', work = '', place = '', count = '1000', width = '1'] = process.argv

const client = await jujuClients[kind as keyof typeof jujuClients](JSON.parse(place) as JujuPlace)
const call = client[work as JujuWork]
const calls = (number: number) => inParallel(number, Number(width), async () => void (await call()))
// Warm: modules are loaded, code is compiled.
await calls(Number(count) / 2)
console.log(JSON.stringify(await measure(() => calls(Number(count)))))
process.exit(0)
