import type {Observed} from '../observed.ts'
import {firstOf} from '../step.ts'
import {finishedJobsStayFinished} from '../rules/afterlife.ts'

/** What to do next with a restore. */
export const decideRestore = firstOf<Observed>(finishedJobsStayFinished)
