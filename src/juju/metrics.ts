/** What the client reports of its calls; the process turns it into metrics. */
export interface JujuMetrics {
  /**
   * One call is settled.
   *
   * @param method `Facade.Method`
   * @param code `ok`, Juju's error code (`error` when it has none), `timeout`, `aborted` or `lost`
   * @param seconds from the request to the settling
   */
  call(method: string, code: string, seconds: number): void

  /**
   * How far the clock of a controller is from ours.
   *
   * @param seconds above zero when the controller's is ahead; undefined: nobody measures it any more
   */
  clockSkew(controllerUUID: string, seconds: number | undefined): void
}
