import {z} from 'zod'
import {ownedActions} from './owned-actions.ts'
import {described, shaped, text, time, withRules} from './schema.ts'

/** Hooks of one phase at most; parameters of one; runs of all of them on all units; parameters of a run with the defaults of the charm. */
export const hookLimits = {perPhase: 8, params: 32, runs: 100, sentParams: 100} as const

/** Parameters of a charm's action as text; the charm's own schema says what they are. */
export const actionParams = () =>
  withRules(z.record(z.string(), text({max: 1024})).meta({maxProperties: hookLimits.params}), {
    rule: 'self.all(name, name.size() >= 1 && name.size() <= 64)',
    message: 'names of parameters have 1 to 64 characters',
    holds: params => Object.keys(params).every(name => name.length >= 1 && name.length <= 64),
  })

const hookAction = withRules(
  shaped({
    max: 128,
    min: 1,
    pattern: /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    message: 'write the name of an action of the charm, for example pause',
  }),
  {
    rule: `!(self in [${ownedActions.map(action => `'${action}'`).join(', ')}])`,
    message:
      'a hook cannot run this action: backups, restores, refreshes and promotions have kinds of their own, which lock the application',
    holds: action => !(ownedActions as readonly string[]).includes(action),
  },
  {
    rule: "!self.startsWith('juju-')",
    message:
      'write an action of the charm: those that begin with juju- are not actions of a charm but run commands on the unit',
    holds: action => !action.startsWith('juju-'),
  },
)

const hookShape = {
  action: described(
    hookAction,
    'Action of the charm. Actions that belong to a kind of their own (backup, restore, refresh, promotion) are refused.',
    'pause',
  ),
  params: described(
    actionParams().optional(),
    'Parameters of the action, as text. They are kept in the clear in Juju: no secrets here.',
    {reason: 'backup'},
  ),
  unit: described(
    z.enum(['Leader', 'All']).default('Leader'),
    'Where it runs: on the leader, or on each unit, one after the other.',
    'Leader',
  ),
  onError: described(
    z.enum(['Fail', 'Continue']).default('Fail'),
    'What its failure means. Fail: the job ends with HookFailed. Continue: it is said, and the job goes on.',
    'Fail',
  ),
} as const

const preHookSchema = z.object(hookShape)
const postHookSchema = z.object({
  ...hookShape,
  when: described(
    z.enum(['Always', 'OnSuccess', 'OnFailure']).default('Always'),
    'After which outcome it runs. It runs only if the job got as far as its first hook or task.',
    'Always',
  ),
})

export const hooksSchema = z.object({
  pre: z
    .array(preHookSchema)
    .max(hookLimits.perPhase)
    .optional()
    .describe('Actions before the backup or restore, in this order.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
  post: z
    .array(postHookSchema)
    .max(hookLimits.perPhase)
    .optional()
    .describe('Actions after it, in this order.')
    .meta({'x-kubernetes-list-type': 'atomic'}),
})
export type Hooks = z.output<typeof hooksSchema>
export type PreHook = z.output<typeof preHookSchema>
export type PostHook = z.output<typeof postHookSchema>

/** One run of a hook on one unit. */
export const hookRunSchema = z.object({
  phase: z.enum(['Pre', 'Post']).describe('Before or after the backup or restore.'),
  index: z.int().min(0).max(hookLimits.perPhase).describe('Position of the hook in the spec, from 0.'),
  action: text({max: 128}).describe('Action of the charm.'),
  unit: text({max: 80}).describe('Unit that it ran on.'),
  time: time().describe(
    "When it was about to be sent, by the operator's clock; names the intent in charmkeeper.dev/resolve.",
  ),
  controllerTime: time().optional().describe('When, by the clock of the Juju controller.'),
  highestOperationID: text({max: 64}).describe('Highest operation in the model before the call.'),
  parameters: z
    .record(text({max: 64}), text({max: 4096}))
    .meta({maxProperties: hookLimits.sentParams})
    .describe('Parameters that were sent, defaults of the charm included; empty once the task is over.'),
  operationID: text({max: 64}).optional().describe('Operation in Juju.'),
  taskID: text({max: 64}).optional().describe('Task in Juju.'),
  taskStatus: text({max: 64}).optional().describe("State of the task in Juju's word."),
  message: text({max: 1024}).optional().describe('What the task said at its end.'),
})
export type HookRun = z.output<typeof hookRunSchema>
