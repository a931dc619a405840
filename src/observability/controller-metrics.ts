import type {BackupJobMetrics} from '../controllers/backup-job/act.ts'
import type {JujuModelMetrics} from '../controllers/juju-model/metrics.ts'
import type {Families} from './families.ts'

/** What the controllers count beside the state of their objects. */
export function controllerMetrics(f: Families): JujuModelMetrics & BackupJobMetrics {
  const reconnected = f.counter(
    'charmkeeper_juju_sessions_reconnected_total',
    'Sessions to Juju models that came back after they had been lost.',
  )
  const released = f.counter(
    'charmkeeper_finalizers_released_total',
    'Finalizers that were given up without having seen the end of the work in Juju.',
    'kind',
  )
  return {
    sessionReconnected: () => reconnected.inc(),
    finalizerReleased: () => released.inc({kind: 'JujuModel'}),
    finalizerLost: () => released.inc({kind: 'BackupJob'}),
  }
}
