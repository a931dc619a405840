import type {RestoreCapability} from '../../../charms/restore.ts'
import type {PlanQuestion, RestorePlan} from './plan.ts'
import {countOf, namesOf, within} from './sentences.ts'

type Step = RestorePlan['steps'][number]

/** What is decided before the steps. */
interface Decided {
  readonly survivor: string
  readonly removed: readonly string[]
  readonly before: readonly string[]
  readonly parameters: Readonly<Record<string, string>>
}

/** The steps that are needed, in their order, with the units that they touch. */
export function stepsOf(question: PlanQuestion, capability: RestoreCapability, decided: Decided): readonly Step[] {
  const {spec, hooks} = question
  const scales = decided.removed.length > 0
  const steps: readonly (Step | false)[] = [
    spec.safetyBackup !== 'Skip' && safetyBackup(spec.safetyBackup),
    hooks.pre > 0 && {name: 'PreHooks', plan: `Runs ${countOf(hooks.pre, 'hook')} before the restore.`},
    scales && scaleDown(question, decided),
    restore(question, capability, decided),
    settle(capability, decided),
    scales && scaleUp(question, decided),
    hooks.post > 0 && {name: 'PostHooks', plan: `Runs ${countOf(hooks.post, 'hook')} after the restore.`},
  ]
  return steps.filter(step => step !== false).map(({name, plan}) => ({name, plan: within(512, plan)}))
}

function safetyBackup(how: 'IfPossible' | 'Required'): Step {
  const otherwise =
    how === 'Required' ? 'without it nothing is changed' : 'the restore goes on without it if that fails'
  return {name: 'SafetyBackup', plan: `Makes a full backup of the present data and proves it; ${otherwise}.`}
}

function scaleDown({kubernetes, application}: PlanQuestion, {removed, survivor}: Decided): Step {
  const plan = kubernetes
    ? `Scales ${application} to 1 unit, without ${namesOf(removed)}; ${survivor} is left.`
    : `Removes ${namesOf(removed)}; ${survivor} is left.`
  return {name: 'ScaleDown', plan}
}

function restore({application}: PlanQuestion, {action}: RestoreCapability, {survivor, parameters}: Decided): Step {
  const given = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`)
  return {
    name: 'Restore',
    plan: `Runs ${[action, ...given].join(' ')} on ${survivor}. From here on the present data of ${application} is destroyed.`,
  }
}

function settle({completion}: RestoreCapability, {survivor, before, removed}: Decided): Step {
  const units = before.filter(name => !removed.includes(name))
  const seen = completion === 'Status' ? 'the restore, which goes on after its task, is over' : 'all is well again'
  return {
    name: 'Settle',
    plan: `Waits until the status of ${units.length > 1 ? namesOf(units) : survivor} shows that ${seen}.`,
  }
}

function scaleUp({kubernetes, application}: PlanQuestion, {removed, before, survivor}: Decided): Step {
  const units = countOf(before.length, 'unit')
  const plan = kubernetes
    ? `Scales ${application} to ${units} again, with ${namesOf(removed)}, which copy the data of ${survivor}.`
    : `Adds ${countOf(removed.length, 'unit')} with new numbers, so that there are ${units} again; the new ones copy the data of ${survivor}.`
  return {name: 'ScaleUp', plan}
}
