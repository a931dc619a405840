/** Says what is wrong, or undefined when all is well. */
export type HealthCheck = () => string | undefined

export interface HealthReport {
  readonly ok: boolean
  readonly checks: readonly {readonly name: string; readonly problem?: string}[]
}

/** What /healthz (restart me) and /readyz (do not count on me yet) answer. */
export class HealthRegistry {
  readonly #live = new Map<string, HealthCheck>()
  readonly #ready = new Map<string, HealthCheck>()

  /** A failing liveness check has the process restarted: only for what a restart would mend. */
  addLiveness(name: string, check: HealthCheck): void {
    this.#live.set(name, check)
  }

  addReadiness(name: string, check: HealthCheck): void {
    this.#ready.set(name, check)
  }

  live(): HealthReport {
    return report(this.#live)
  }

  ready(): HealthReport {
    return report(this.#ready)
  }
}

function report(registered: ReadonlyMap<string, HealthCheck>): HealthReport {
  const checks = [...registered].map(([name, check]) => {
    const problem = ask(check)
    return problem === undefined ? {name} : {name, problem}
  })
  return {ok: checks.every(({problem}) => problem === undefined), checks}
}

function ask(check: HealthCheck): string | undefined {
  try {
    return check()
  } catch (error) {
    return error instanceof Error ? error.message : 'the check failed'
  }
}
