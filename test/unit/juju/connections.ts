import net, {type AddressInfo} from 'node:net'
import type {TestContext} from 'node:test'
import {connect, type JujuConnection} from '../../../src/juju/connection.ts'
import {ScriptedServer, type ServerOptions} from './scripted-server.ts'

/** A scripted server that ends with the test. */
export async function server(t: TestContext, options?: ServerOptions): Promise<ScriptedServer> {
  const started = await ScriptedServer.start(options)
  t.after(() => started.close())
  return started
}

/** Connects, and closes the connection when the test ends. */
export async function connected(t: TestContext, ...args: Parameters<typeof connect>): Promise<JujuConnection> {
  const connection = await connect(...args)
  t.after(() => connection.close())
  return connection
}

/** Listens, and answers as the test says, or not at all. */
export async function listen(t: TestContext, onSocket: (socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>()
  const listener = net.createServer(socket => {
    sockets.add(socket.on('error', () => undefined))
    onSocket(socket)
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    listener.close()
  })
  return `127.0.0.1:${(listener.address() as AddressInfo).port}`
}
