import assert from 'node:assert/strict'
import test from 'node:test'
import {helpText, readCommand, type Config} from '../../../src/config.ts'

function config(args: string[], env: Record<string, string> = {}): Config {
  const command = readCommand(args, env)
  assert.equal(command.do, 'run', JSON.stringify(command))
  return (command as {config: Config}).config
}

function refusal(args: string[], env: Record<string, string> = {}): string {
  const command = readCommand(args, env)
  assert.equal(command.do, 'refuse', JSON.stringify(command))
  return (command as {message: string}).message
}

test('without flags every setting has the documented default', () => {
  assert.deepEqual(config([]), {
    kubeconfig: undefined,
    context: undefined,
    namespaces: undefined,
    metricsBindAddress: {host: '', port: 8080},
    healthBindAddress: {host: '', port: 8081},
    leaderElect: true,
    leaseName: 'charmkeeper',
    leaseNamespace: undefined,
    leaseIdentity: undefined,
    workers: {jujumodel: 4, backupstorage: 4, backupjob: 16, backupschedule: 16},
    kubeApiQps: 0,
    kubeApiBurst: 0,
    allowedEndpoints: undefined,
    clusterId: undefined,
    logLevel: 'info',
    logFormat: 'json',
  })
})

test('the configuration cannot be changed', () => {
  assert.throws(() => Object.assign(config([]), {logLevel: 'debug'}), TypeError)
})

const accepted: readonly [args: string[], expected: Partial<Config>][] = [
  [['--namespaces=a,b', '--namespaces', 'c'], {namespaces: ['a', 'b', 'c']}],
  [['--metrics-bind-address=127.0.0.1:0'], {metricsBindAddress: {host: '127.0.0.1', port: 0}}],
  [['--metrics-bind-address=[::1]:9090'], {metricsBindAddress: {host: '::1', port: 9090}}],
  [['--health-bind-address=0'], {healthBindAddress: undefined}],
  [['--leader-elect'], {leaderElect: true}],
  [['--leader-elect=false'], {leaderElect: false}],
  [['--workers=backupjob=8'], {workers: {jujumodel: 4, backupstorage: 4, backupjob: 8, backupschedule: 16}}],
  [
    ['--workers=backupjob=8', '--workers=jujumodel=1'],
    {workers: {jujumodel: 1, backupstorage: 4, backupjob: 8, backupschedule: 16}},
  ],
  [['--kube-api-qps=12.5', '--kube-api-burst=40'], {kubeApiQps: 12.5, kubeApiBurst: 40}],
  [['--allowed-endpoints=127.0.0.1/32,*.example.com'], {allowedEndpoints: ['127.0.0.1/32', '*.example.com']}],
  [['--log-level=debug', '--log-level=warn'], {logLevel: 'warn'}],
]
for (const [args, expected] of accepted) {
  test(`accepted: ${args.join(' ')}`, () => {
    const actual = config(args)
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(actual[name as keyof Config], value)
  })
}

test('the environment says the same as the flags, a flag wins, an empty variable is not set', () => {
  const env = {CHARMKEEPER_LOG_LEVEL: 'debug', CHARMKEEPER_NAMESPACES: 'a,b', CHARMKEEPER_CLUSTER_ID: ''}
  assert.equal(config([], env).logLevel, 'debug')
  assert.deepEqual(config([], env).namespaces, ['a', 'b'])
  assert.equal(config([], env).clusterId, undefined)
  assert.equal(config(['--log-level=error'], env).logLevel, 'error')
})

const refused: readonly [args: string[], message: RegExp][] = [
  [['--log-levle=debug'], /^--log-levle is not a flag of this program; see --help/],
  [['-x'], /^-x is not a flag/],
  [['--no-leader-elect'], /^--no-leader-elect is not a flag/],
  [['debug'], /^"debug" is not a flag/],
  [['--log-level=loud'], /^--log-level=loud: write debug, info, warn or error$/],
  [['--log-level='], /^--log-level needs a value: write debug/],
  [['--kubeconfig'], /^--kubeconfig needs a value: write the path of a file$/],
  [['--leader-elect=yes'], /^--leader-elect=yes: write true or false$/],
  [['--metrics-bind-address=8080'], /^--metrics-bind-address=8080: write host:port/],
  [['--metrics-bind-address=:99999'], /^--metrics-bind-address=:99999: write host:port/],
  [['--namespaces=Team_A'], /^--namespaces=Team_A: write names of namespaces/],
  [['--workers=8'], /^--workers=8: write kind=number pairs/],
  [['--workers=backupjob=0'], /^--workers=backupjob=0: write kind=number pairs with numbers from 1 to 128/],
  [['--workers=pods=3'], /^--workers=pods=3: write kind=number pairs/],
  [['--kube-api-qps=-1'], /^--kube-api-qps=-1: write a number/],
  [['--kube-api-qps=many'], /^--kube-api-qps=many: write a number/],
  [['--kube-api-burst=1.5'], /^--kube-api-burst=1\.5: write a whole number/],
  [['--allowed-endpoints=10.0.0.0/99'], /^--allowed-endpoints=10\.0\.0\.0\/99: write host patterns/],
  [['--cluster-id=a/b'], /^--cluster-id=a\/b: write at most 63/],
  [['--lease-identity=a b'], /^--lease-identity=a b: write at most 253 letters/],
  [['--lease-name=Charm Keeper'], /^--lease-name=Charm Keeper: write a Kubernetes object name/],
]
for (const [args, message] of refused) {
  test(`refused with what to write: ${args.join(' ')}`, () => assert.match(refusal(args), message))
}

test('a wrong environment variable is named as such', () => {
  assert.equal(refusal([], {CHARMKEEPER_LOG_FORMAT: 'xml'}), 'CHARMKEEPER_LOG_FORMAT=xml: write json or pretty')
})

test('help and version win over everything else on the line', () => {
  assert.deepEqual(readCommand(['--log-level=info', '--help'], {}), {do: 'help'})
  assert.deepEqual(readCommand(['-h'], {}), {do: 'help'})
  assert.deepEqual(readCommand(['--version'], {}), {do: 'version'})
})

test('the help names every flag with its default and its variable', () => {
  const help = helpText()
  for (const name of Object.keys(config([]))) {
    const flag = `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
    const variable = `CHARMKEEPER_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`
    assert.match(help, new RegExp(`^  ${flag}=`, 'm'))
    assert.match(help, new RegExp(`env ${variable}\\)`))
  }
  assert.match(help, /default :8080; env CHARMKEEPER_METRICS_BIND_ADDRESS/)
})
