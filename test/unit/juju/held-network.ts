import net from 'node:net'
import type {TestContext} from 'node:test'
import {listen} from './connections.ts'

/** A network on the way to a server that keeps what is sent through it, and delivers it later. */
export interface HeldNetwork {
  readonly endpoint: string
  /** where it leads to; before the first connection */
  leadTo(endpoint: string): void
  /** What the connections of now carry stays on the way. */
  hold(): void
  /** What was kept is delivered. */
  letGo(): void
}

export async function startHeldNetwork(t: TestContext): Promise<HeldNetwork> {
  let port = 0
  const ways = new Map<net.Socket, net.Socket>()
  const endpoint = await listen(t, client => {
    const server = net.connect(port, '127.0.0.1')
    ways.set(client, server)
    client.pipe(server).pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
    client.on('close', () => ways.delete(client))
  })
  return {
    endpoint,
    leadTo: server => (port = Number(server.split(':')[1])),
    hold() {
      for (const [client, server] of ways) client.unpipe(server).pause()
    },
    letGo() {
      for (const [client, server] of ways) client.pipe(server)
    },
  }
}
