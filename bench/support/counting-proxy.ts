import net from 'node:net'
import type {AddressInfo} from 'node:net'

/** A TCP proxy on loopback that counts the connections which are opened through it. */
export interface CountingProxy {
  readonly port: number
  /** connections since the last call */
  take(): number
  close(): Promise<void>
}

export async function startCountingProxy(target: URL): Promise<CountingProxy> {
  let opened = 0
  const sockets = new Set<net.Socket>()
  const server = net.createServer(client => {
    opened += 1
    const upstream = net.connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('close', () => sockets.delete(from))
      from.on('error', () => to.destroy())
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    take: () => {
      const count = opened
      opened = 0
      return count
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
