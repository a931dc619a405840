import type {FailureText} from '../profile.ts'
import type {RestoreFailureText} from '../restore.ts'

/** No text of a charm that nobody knows is known. */
export const failureTexts: readonly FailureText[] = []
export const restoreFailureTexts: readonly RestoreFailureText[] = []
