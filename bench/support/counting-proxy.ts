import net from 'node:net'
import type {AddressInfo} from 'node:net'

/** A TCP proxy on loopback that counts the connections which are opened through it, and the bytes that come back. */
export interface CountingProxy {
  readonly port: number
  /** connections since the last call */
  take(): number
  /** bytes from the server since the last call */
  takeBytes(): number
  close(): Promise<void>
}

export async function startCountingProxy(target: URL): Promise<CountingProxy> {
  let opened = 0
  let bytes = 0
  const sockets = new Set<net.Socket>()
  const server = net.createServer(client => {
    opened += 1
    const upstream = net.connect(Number(target.port), target.hostname)
    upstream.on('data', (piece: Buffer) => (bytes += piece.length))
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
    takeBytes: () => {
      const count = bytes
      bytes = 0
      return count
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}
