import type {ModelControl} from '../../juju-simulator/model-control.ts'
import type {SimulatedJuju} from '../../juju-simulator/simulator.ts'
import {kubernetesLabModel, labModel, settleUnits} from './lab.ts'

/** A recorded frame to send and compare, or what was done behind the server's back between two of them. */
export type Step = string | ((control: ModelControl, juju: SimulatedJuju) => void | Promise<void>)

/** What happened on one connection. */
export interface Chapter {
  readonly title: string
  readonly path: string
  /** Logs in first; undefined: the steps begin before login. */
  readonly user?: string
  readonly steps: readonly Step[]
}

const machines = `/model/${labModel}/api`
const kubernetes = `/model/${kubernetesLabModel}/api`
const unknownModel = '/model/00000000-0000-4000-8000-000000000000/api'

const finished = {
  'backup-status': 'backup created',
  nested: {id: '2026-07-13T10:00:00Z'},
  'return-code': 0,
  stdout: 'ok\n',
}

/** The recording from its beginning to its end; what one chapter changes is there in the next ones. */
export const story: readonly Chapter[] = [
  {
    title: 'before login, and at logins that fail',
    path: machines,
    steps: [
      'before-login-call',
      'before-login-ping',
      'login-error-admin-v4',
      'redirect-info-not-redirected',
      'login-error-no-model-access',
      'login-error-unknown-user',
      'login-error-wrong-password',
      'login-model-operator',
      'login-error-second-login',
      'after-login-ping',
    ],
  },
  ...[
    ['login-model-admin'],
    ['login-model-viewer'],
    ['login-client-3.6.14', 'login-client-3.6.14-then-config'],
    ['login-client-none', 'login-client-none-then-config'],
    ['login-old-client-2.9.0', 'login-old-client-2.9.0-then-config'],
  ].map(steps => ({title: `a login: ${steps[0]}`, path: machines, steps})),
  {title: 'a login on the root path', path: '/', steps: ['protocol-root']},
  {
    title: 'logins to a model that is not there',
    path: unknownModel,
    steps: ['login-error-unknown-model', 'login-error-unknown-model-admin', 'login-error-unknown-model-wrong-password'],
  },
  {
    title: 'the controller, as its administrator sees it',
    path: '/api',
    steps: [
      'login-controller',
      'controller-list-model-summaries',
      'controller-list-models',
      'controller-model-info',
      'controller-version',
      'controller-all-models-v12',
      'controller-all-models',
      'controller-list-model-summaries-v11',
      'error-model-facade-on-controller',
      'error-unknown-facade',
    ],
  },
  {
    title: 'the controller, as a user sees it',
    path: '/api',
    user: 'operator',
    steps: ['controller-list-model-summaries-operator', 'error-list-models-of-other', 'error-all-models-not-superuser'],
  },
  {
    title: 'status, settings, units, charms, resources and annotations',
    path: machines,
    user: 'operator',
    steps: [
      'full-status',
      'full-status-v7',
      'full-status-pattern',
      'full-status-no-match',
      'watch-all',
      'application-get',
      'application-get-unknown',
      'application-get-config',
      'application-charm-url-origin',
      'application-charm-url-origin-unknown',
      'application-leader',
      'application-leader-unknown',
      'applications-info',
      'units-info',
      'units-info-application',
      'units-info-unknown',
      'charm-relations',
      'charm-info',
      'charm-info-unknown',
      'application-charm-info',
      'charms-list',
      'list-resources',
      'applications-charms-actions',
      'model-get',
      'annotations-get',
      'resolve-charms',
    ],
  },
  {
    title: 'calls that cannot be',
    path: machines,
    user: 'operator',
    steps: [
      'error-bad-facade-version',
      'error-old-facade-version',
      'error-unknown-method',
      'error-controller-facade-on-model',
      'error-bad-params',
      'error-params-wrong-type',
      'unknown-params-ignored',
      'params-missing',
      'error-watcher-unknown-id',
    ],
  },
  {
    title: 'settings are written and taken back',
    path: machines,
    user: 'operator',
    steps: [
      'set-configs',
      'set-configs-unknown-option',
      'set-configs-bad-int',
      'set-configs-bad-bool',
      'set-configs-bad-secret',
      'set-configs-trust',
      'set-configs-empty-string',
      'set-configs-unknown-app',
      'set-configs-yaml',
      'application-get-after-set',
      'unset-config',
      'unset-config-unknown-option',
    ],
  },
  {
    title: 'tasks, logs, watchers, cancellation and operations, defects included',
    path: machines,
    user: 'operator',
    steps: [
      'enqueue-operation',
      'operations-pending',
      'actions-pending',
      'watch-actions-progress',
      control => control.start('1'),
      'operations-running',
      control => control.log('1', 'backup started', 'backup 50%'),
      'strings-watcher-next',
      'strings-watcher-stop',
      'actions-running-with-log',
      control => control.finish('1', {results: finished}),
      'operations-completed',
      'actions-completed',
      'cancel-completed-task',
      'enqueue-operation-leader',
      control => control.start('3'),
      control => control.finish('3', {status: 'failed', message: 'no S3 credentials'}),
      'operations-failed',
      'enqueue-operation-three-units',
      'cancel-pending',
      control => control.start('6'),
      'operations-mixed',
      'cancel-running',
      control => control.finish('6', {status: 'aborted', message: 'aborted by user'}),
      'operations-mixed-after-abort',
      control => control.start('7'),
      control => control.finish('7'),
      'operations-mixed-finished',
      'enqueue-defaults',
      'enqueue-parallel-group',
      'enqueue-typed-parameters',
      'actions-typed-parameters',
      'enqueue-minimal',
    ],
  },
  {
    title: 'actions that cannot be enqueued, and some that should not be',
    path: machines,
    user: 'operator',
    steps: [
      'enqueue-error-empty',
      'enqueue-error-unknown-action',
      'enqueue-error-no-actions-on-charm',
      'enqueue-error-unknown-unit',
      'enqueue-error-unknown-app',
      'enqueue-error-unknown-leader',
      'enqueue-error-bad-tag',
      'enqueue-error-app-tag',
      'enqueue-error-missing-param',
      'enqueue-error-bad-enum',
      'enqueue-error-wrong-type',
      'enqueue-error-additional-property',
      'enqueue-error-mixed-names',
      'enqueue-error-two-apps',
      'enqueue-one-good-one-unknown-unit',
    ],
  },
  {
    title: 'operations and tasks are looked up',
    path: machines,
    user: 'operator',
    steps: [
      'operations-unknown',
      'actions-unknown',
      'cancel-unknown',
      'list-operations',
      'list-operations-filtered',
      'list-operations-truncated',
      'list-operations-unknown-app',
      'run-not-admin',
      'enqueue-juju-exec-by-writer',
    ],
  },
  {
    title: 'what a reader may and may not do',
    path: machines,
    user: 'viewer',
    steps: [
      'viewer-full-status',
      'viewer-enqueue-denied',
      'viewer-set-configs-denied',
      'viewer-cancel-denied',
      'viewer-charms-actions-denied',
      'viewer-operations',
      'viewer-add-units-denied',
      'viewer-watch-actions-progress',
      'viewer-list-resources',
    ],
  },
  {
    title: 'commands on units',
    path: machines,
    user: 'modeladmin',
    steps: ['run-as-model-admin', 'run-forbidden-text', 'enqueue-juju-exec-by-name'],
  },
  {
    title: 'a unit comes and goes',
    path: machines,
    user: 'operator',
    steps: [
      'add-units',
      'full-status-new-unit',
      'destroy-unit',
      'full-status-dying-unit',
      'destroy-unit-unknown',
      // Its machine stays: the recording let nobody take that away.
      control => control.application('postgresql').removeUnit('postgresql/3'),
      'full-status-unit-removed',
      'scale-applications-iaas',
    ],
  },
  {
    title: 'a refresh and the way back',
    path: machines,
    user: 'operator',
    steps: [
      'set-charm-unknown-charm',
      'set-charm-no-origin',
      'set-charm-unknown-app',
      'set-charm',
      'full-status-refreshing',
      control => takeUpCharm(control, 'postgresql/0'),
      'full-status-refreshed-one',
      control => takeUpCharm(control, 'postgresql/1', 'postgresql/2'),
      'full-status-refreshed-all',
      'application-get-after-refresh',
      'application-charm-url-origin-after-refresh',
      'set-charm-same-again',
      'set-charm-back',
      control => control.setUnitStatus('postgresql/1', 'blocked', 'missing S3'),
      control => control.setUnitStatus('postgresql/2', 'error', 'hook failed: "config-changed"'),
      'full-status-blocked-and-error',
      'resolve-unit-errors',
      'resolve-unit-errors-not-in-error',
      settleUnits,
    ],
  },
  {
    title: 'while the controller is upgraded only logins, the status and pings pass',
    path: machines,
    steps: [
      (_control, juju) => juju.faults.upgrade(),
      'upgrading-login',
      'upgrading-full-status',
      'upgrading-application-get',
      'upgrading-enqueue',
      'upgrading-ping',
      (_control, juju) => juju.faults.upgrade(false),
    ],
  },
  {
    title: 'an administrator disables commands',
    path: machines,
    user: 'operator',
    steps: [
      'block-on',
      'blocked-set-configs',
      'blocked-enqueue',
      'blocked-set-charm',
      'blocked-add-units',
      'block-off',
    ],
  },
  {
    title: 'a Kubernetes model',
    path: kubernetes,
    steps: [
      'k8s-login',
      'k8s-full-status',
      'k8s-application-get',
      'k8s-units-info',
      'k8s-charm-info',
      'k8s-list-resources',
      'k8s-enqueue',
      'k8s-scale-up',
      'k8s-full-status-scaling-up',
      registerPod,
      'k8s-full-status-scaled-up',
      'k8s-scale-down',
      'k8s-full-status-scaling-down',
      'k8s-scale-change',
      'k8s-scale-unknown-app',
      'k8s-scale-negative',
      'k8s-add-units',
      'k8s-destroy-unit',
      'k8s-add-pending-resources',
      'k8s-set-charm-without-resources',
      'k8s-set-charm',
      'k8s-full-status-after-refresh',
      'k8s-resolved-run',
    ],
  },
]

function takeUpCharm({model}: ModelControl, ...units: readonly string[]): void {
  for (const name of units) {
    const unit = model.unit(name)
    const application = model.applications.get(name.replace(/\/\d+$/, ''))
    if (unit !== undefined && application !== undefined) unit.charm = application.charm
  }
}

/** A pod of the scaled application came up. */
function registerPod(_control: ModelControl, juju: SimulatedJuju): void {
  const control = juju.control.model(kubernetesLabModel)
  control.model.addUnit(control.application('postgresql-k8s'), juju.world.now())
  settleUnits(control)
}
