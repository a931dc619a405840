import type {JujuModelReason} from '../../api/juju-model.ts'
import type {Fault} from './observed.ts'

/** What is the matter, where the details change from try to try. */
const troubles: Readonly<Partial<Record<JujuModelReason, string>>> = {
  Unreachable: 'no usable answer from the controller',
  ControllerUpgrading: 'the controller is being upgraded, or the model is being migrated',
  CertificateNotTrusted: "the controller's certificate is not trusted",
  EndpointNotAllowed: 'the operator may not connect to an endpoint of the controller',
}

/**
 * What the jobs of a model are told of its trouble. Every job that waits writes it into its status, so it stays the same while the
 * trouble does; the details are in the JujuModel only.
 *
 * @param since RFC 3339; absent: not known
 */
export function saidToJobs({reason, message}: Fault, since?: string): string {
  const trouble = troubles[reason]
  if (trouble === undefined) return message
  return `${trouble}${since === undefined ? '' : ` since ${since}`}; the JujuModel says more`
}
