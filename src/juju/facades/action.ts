import {z} from 'zod'
import {defineCall} from './call.ts'
import {entities, goAny, goBool, goList, goMap, goPointer, goString, goTime, maybeError} from './common.ts'

const versions = [7]

const action = z.object({
  tag: goString,
  receiver: goString,
  name: goString,
  parameters: goMap(goAny),
  parallel: goBool,
  'execution-group': goString,
})

/** A task as Juju tells it; of an unknown task only `error` and zero times. */
export const actionResult = z.object({
  action: goPointer(action),
  enqueued: goTime,
  started: goTime,
  completed: goTime,
  status: goString,
  message: goString,
  log: goList(z.object({timestamp: goTime, message: goString})),
  output: goMap(goAny),
  error: maybeError,
})

export type ActionResult = z.output<typeof actionResult>

export const operationResult = z.object({
  operation: goString,
  summary: goString,
  fail: goString,
  enqueued: goTime,
  started: goTime,
  completed: goTime,
  status: goString,
  actions: goList(actionResult),
  error: maybeError,
})

export type OperationResult = z.output<typeof operationResult>

const actionResults = z.object({results: goList(actionResult)})
const operationResults = z.object({results: goList(operationResult), truncated: goBool})

/**
 * Asks for one action. Send one per call: 4.x refuses mixtures. Not idempotent, and there is no token to make it so.
 * The reply holds tag, receiver and times only.
 */
export const enqueueOperation = defineCall({
  facade: 'Action',
  versions,
  method: 'EnqueueOperation',
  needs: 'write',
  params: z.object({
    actions: z.array(
      z.object({
        tag: z.string(),
        receiver: z.string(),
        name: z.string(),
        parameters: z.record(z.string(), goAny),
        parallel: z.boolean(),
        'execution-group': z.string(),
      }),
    ),
  }),
  result: z.object({operation: goString, actions: goList(actionResult)}),
})

/** Filters are names, not tags; an empty list filters nothing. 4.x sorts by id as text. */
export const listOperations = defineCall({
  facade: 'Action',
  versions,
  method: 'ListOperations',
  needs: 'read',
  params: z.object({
    applications: z.array(z.string()).optional(),
    units: z.array(z.string()).optional(),
    machines: z.array(z.string()).optional(),
    actions: z.array(z.string()).optional(),
    status: z.array(z.string()).optional(),
    offset: z.int().optional(),
    limit: z.int().optional(),
  }),
  result: operationResults,
})

/** Tasks of operations, without their output (4.x): ask `actions` for that. */
export const operations = defineCall({
  facade: 'Action',
  versions,
  method: 'Operations',
  needs: 'read',
  params: entities,
  result: operationResults,
})

/** Tasks with log and output. */
export const actions = defineCall({
  facade: 'Action',
  versions,
  method: 'Actions',
  needs: 'read',
  params: entities,
  result: actionResults,
})

export const cancel = defineCall({
  facade: 'Action',
  versions,
  method: 'Cancel',
  needs: 'write',
  params: entities,
  result: actionResults,
})

/**
 * Runs a command on units, as `juju exec` does; it becomes a task of the action `juju-exec`. `units` are names, `a/leader`
 * among them; `timeout` is nanoseconds. 3.x knows a `workload-context` too, whose default (the charm's container) is wanted.
 */
export const run = defineCall({
  facade: 'Action',
  versions,
  method: 'Run',
  needs: 'admin',
  params: z.object({
    commands: z.string(),
    timeout: z.int(),
    units: z.array(z.string()),
    parallel: z.boolean(),
    'execution-group': z.string(),
  }),
  result: z.object({operation: goString, actions: goList(actionResult)}),
})

/** Starts a StringsWatcher per task; every string is JSON of `progressLine`. */
export const watchActionsProgress = defineCall({
  facade: 'Action',
  versions,
  method: 'WatchActionsProgress',
  needs: 'login',
  params: entities,
  result: z.object({
    results: goList(z.object({'watcher-id': goString, changes: goList(z.string()), error: maybeError})),
  }),
})

export const progressLine = z.object({timestamp: goTime, message: goString})
