import path from 'node:path'
import {parseArgs} from 'node:util'
import {jujuKinds, type JujuKind} from '../../test/env/juju/running-juju.ts'

export const help = `Usage: npm run demo -- [options]

Starts a Kubernetes API server, an S3 server, a PostgreSQL and a Juju on this machine, on loopback only, and the operator
beside them; applies the examples, tells what happens, proves the backups with pgBackRest, and cleans up.

  --juju KIND         ${jujuKinds.join(', ')} (default 3.6.14; real = Juju's own API server)
  --simulated         PostgreSQL in memory: needs neither apt nor root
  --kubeconfig FILE   an existing cluster instead of the embedded one; you need to be its administrator
  --keep              leave everything running afterwards, until Ctrl-C
  --help

KUBEBUILDER_ASSETS names a folder with etcd, kube-apiserver and kubectl to use instead of building them.
`

export interface DemoOptions {
  readonly juju: JujuKind
  readonly simulated: boolean
  readonly keep: boolean
  readonly kubeconfig: string | undefined
}

/** @returns undefined when help is wanted @throws TypeError, RangeError that say what is wrong with the arguments */
export function parseOptions(args: readonly string[]): DemoOptions | undefined {
  const {values} = parseArgs({
    args: [...args],
    options: {
      juju: {type: 'string', default: '3.6.14'},
      simulated: {type: 'boolean', default: false},
      keep: {type: 'boolean', default: false},
      kubeconfig: {type: 'string'},
      help: {type: 'boolean', default: false},
    },
  })
  if (values.help) return undefined
  const juju = jujuKinds.find(kind => kind === values.juju)
  if (juju === undefined) throw new RangeError(`--juju is one of ${jujuKinds.join(', ')}, not ${values.juju}`)
  const kubeconfig = values.kubeconfig === undefined ? undefined : path.resolve(values.kubeconfig)
  return {juju, simulated: values.simulated, keep: values.keep, kubeconfig}
}
