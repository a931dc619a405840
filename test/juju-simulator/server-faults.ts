import {sleep} from '../../src/time/clock.ts'
import {CertificateAuthority} from '../env/certificates.ts'
import type {CallFaults} from './faults.ts'
import {profiles} from './profiles.ts'
import type {ProfileName} from './profiles.ts'
import type {JujuServer} from './rpc/server.ts'
import {certificateNames} from './certificate-names.ts'
import type {SimulatedJuju} from './simulator.ts'
import type {MovedModel, World} from './world/world.ts'

/** Everything that a test can make go wrong. `calls` are faults of single calls, the rest is about the whole server. */
export class ServerFaults {
  readonly calls: CallFaults
  readonly #world: World
  readonly #server: JujuServer

  constructor(world: World, server: JujuServer, calls: CallFaults) {
    this.calls = calls
    this.#world = world
    this.#server = server
  }

  /** The port is closed (or open again); connections that are open stay. */
  refuse(refused = true): Promise<void> {
    return this.#server.refuse(refused)
  }

  /** Cuts every open connection with a TCP reset. */
  reset(): void {
    this.#server.reset()
  }

  /** Half-open: nothing arrives and nothing is answered, no connection is closed; (false) all of it comes through. */
  freeze(frozen = true): void {
    this.#server.freeze(frozen)
  }

  /** Every call takes so many ms of the world's clock. */
  slow(ms: number): void {
    this.calls.delay(() => true, ms)
  }

  /**
   * The controller's process ends and comes back: every connection is cut, with its session and its watchers, and the port
   * is closed for so long. Resolves when the port is open again; in virtual time, advance the clock meanwhile.
   */
  async restart(downMs = 0): Promise<void> {
    await this.refuse()
    this.reset()
    if (downMs > 0) await sleep(this.#world.clock, downMs)
    await this.refuse(false)
  }

  /** Logins no longer count on the connections that are open: each call there fails with `login expired`. */
  expireLogins(): void {
    for (const connection of this.#server.connections) connection.expired = true
  }

  /** The model is being migrated: writes are refused. */
  startMigration(model: string): void {
    this.#world.migrating.add(model)
  }

  /** The migration failed: the model stays where it is, writes pass again. */
  abortMigration(model: string): void {
    this.#world.migrating.delete(model)
  }

  /** The model moves to another simulated controller of the same clock, and logins here are redirected to it. */
  migrate(model: string, to: SimulatedJuju, {silent = false} = {}): void {
    const {hostname: host, port} = new URL(`https://${to.endpoint}`)
    const {caCertificate, controllerUUID} = to
    this.#world.handOver(this.#world.model(model), to.world)
    const endpoints = [{host, port: Number(port)}]
    this.redirect(model, {endpoints, caCertificate, controllerUUID, alias: 'destination', silent})
  }

  /** The migration is over: connections to the model are cut, logins are redirected. */
  redirect(model: string, to: MovedModel): void {
    this.#world.migrating.delete(model)
    this.#world.movedAway.set(model, to)
    for (const connection of this.#server.connections) if (connection.modelUUID === model) connection.reset()
  }

  /** Only FullStatus and pings pass while the controller is being upgraded. */
  upgrade(upgrading = true): void {
    this.#world.upgrading = upgrading
  }

  /** Logins are refused, as early in an upgrade, with words and without a code. */
  maintenance(on = true): void {
    this.#world.maintenance = on
  }

  /** The upgrade is over: the controller restarts as another release of Juju. */
  async becomes(release: ProfileName, downMs = 0): Promise<void> {
    this.#world.become(profiles[release])
    this.#world.upgrading = false
    this.#world.maintenance = false
    await this.restart(downMs)
  }

  /** The controller's clock differs from the real one by so many ms. */
  clockWrongBy(ms: number): void {
    this.#world.clockSkew = ms
  }

  /** Another authority signs from now on: clients that trust the old one fail. @returns the new authority's PEM */
  newCertificate(): string {
    const authority = new CertificateAuthority('simulated Juju, new authority')
    this.#server.useCertificate(authority.issue(certificateNames))
    return authority.certificate
  }

  /** The controller turns out to be Juju 2.9. */
  becomeJuju29(): void {
    this.#world.become(profiles['2.9.49'])
  }
}
