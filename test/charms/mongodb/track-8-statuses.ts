import {pythonString} from '../python.ts'
import {active} from '../statuses.ts'
import type {MongodMember} from './engine.ts'
import type {PbmState} from './pbm-state.ts'
import type {ShownStatus} from './state.ts'

/** A status object as Python prints it: that is the message of a refused action. */
export function printed({status, message, short, check, action, running: kind}: ShownStatus): string {
  const fields = {status, message, short_message: short, check, action, running: kind}
  const words = Object.entries(fields).map(([name, value]) =>
    value === undefined ? `${name}=None` : `${name}=${pythonString(value)}`,
  )
  return `${words.join(' ')} approved_critical_component=False`
}

const inRelation = 'in the s3-credentials relation'
const invalid = {check: 'S3 configuration validation failed.'} as const
const checkLogs = (action: string): string => `Check the logs and verify the configuration ${action}.`

/** What is wrong, as a person is told. */
export const badStates: Readonly<
  Record<
    'missing configuration' | 'no bucket' | 'cannot configure' | 'wrong credentials' | 'incompatible' | 'unknown error',
    ShownStatus
  >
> = {
  'missing configuration': {
    status: 'blocked',
    message: `Missing configurations ${inRelation}.`,
    short: 'Missing S3 configurations.',
    ...invalid,
    action: checkLogs('in the S3-credentials relation (s3 interface)'),
  },
  'no bucket': {
    status: 'blocked',
    message: 'Failed to create S3 bucket.',
    check: 'S3 bucket creation failed.',
    action: checkLogs(`${inRelation} (s3 interface)`),
  },
  'cannot configure': {
    status: 'blocked',
    message: 'Failed to configure S3 backup options.',
    short: 'Invalid S3 configuration.',
    ...invalid,
    action: checkLogs(`${inRelation} (S3 interface)`),
  },
  'wrong credentials': {
    status: 'blocked',
    message: 'Incorrect S3 credentials.',
    ...invalid,
    action: `Check the configuration ${inRelation} (s3 interface).`,
  },
  incompatible: {
    status: 'blocked',
    message: 'Incompatible S3 config options.',
    ...invalid,
    action: checkLogs(`${inRelation} (s3 interface)`),
  },
  'unknown error': {
    status: 'blocked',
    message: 'Unknown PBM error, check logs.',
    check: 'PBM error found.',
    action: checkLogs(`${inRelation} (s3 interface)`),
  },
}

/** undefined: there is nothing to tell. */
export function statusOf(state: PbmState): ShownStatus | undefined {
  switch (state.kind) {
    case 'no relation':
      return undefined
    case 'agent down':
      return {status: 'waiting', message: 'Waiting for PBM to start...'}
    case 'syncing':
      return {status: 'waiting', message: 'Waiting to sync S3 configurations...', running: 'async'}
    case 'idle':
      return active
    case 'backup':
      return ongoing(`Backup started/running, backup id: '${state.id}'`, 'Backing up...')
    case 'restore':
      return ongoing(`Restore started/running, backup id: '${state.id}'`, 'Restoring...')
    case 'missing configuration':
    case 'no bucket':
    case 'cannot configure':
    case 'wrong credentials':
    case 'incompatible':
    case 'unknown error':
      return badStates[state.kind]
  }
}

const ongoing = (message: string, short: string): ShownStatus => ({
  status: 'maintenance',
  message,
  short,
  running: 'async',
})

export function memberStatus({ready, state}: MongodMember, primary: boolean): ShownStatus {
  if (!ready) return {status: 'waiting', message: 'Mongod is not ready.'}
  if (!primary) return {status: 'waiting', message: 'Waiting for primary re-election...'}
  switch (state) {
    case undefined:
      return {status: 'maintenance', message: 'Adding member...'}
    case 'PRIMARY':
      return {status: 'active', message: 'Primary.'}
    case 'SECONDARY':
      return active
    case 'STARTUP':
    case 'STARTUP2':
    case 'ROLLBACK':
    case 'RECOVERING':
      return {status: 'maintenance', message: 'Syncing member...'}
    case 'REMOVED':
      return {status: 'maintenance', message: 'Removing member...'}
    default:
      return {
        status: 'blocked',
        message: state,
        short: 'Unexpected error found in replica set.',
        action: 'Check logs for more information.',
      }
  }
}

const order = ['blocked', 'maintenance', 'waiting', 'active']

/** The more serious status is shown; when neither is good, in its short form and with a hint at the other. */
export function shown(member: ShownStatus, pbm: ShownStatus | undefined): ShownStatus {
  const all = [member, ...(pbm === undefined ? [] : [pbm])]
  const [worst = member] = all.toSorted((one, other) => order.indexOf(one.status) - order.indexOf(other.status))
  if (all.some(each => each.status === 'active') || all.length === 1) return worst
  const actions = all.filter(each => each.action !== undefined).length
  const {short, message, status} = worst
  const brief = short ?? (message.length <= 40 ? message : `${message.slice(0, 40)}..`)
  return {status, message: `${brief}. Run \`status-detail\`: ${actions} action required; 1 additional statuses.`}
}
