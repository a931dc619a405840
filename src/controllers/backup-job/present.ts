import type {Observed} from './observed.ts'

/** The application as Juju shows it, with what is known of its charm. @throws Error while Juju does not show it */
export function present(o: Observed) {
  if (o.application.state !== 'present' || !o.application.profile)
    throw new Error(`application ${o.job.spec.application} is not known to Juju now`)
  return {view: o.application.view, profile: o.application.profile}
}
