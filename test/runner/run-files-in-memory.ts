/**
 * Runs the test files that the arguments name, one after another in this one process, for tests that are mostly promises.
 *
 * Node's test runner follows every promise to know which test it belongs to; of tests in memory that is up to two thirds of the
 * processor's time. Here it follows only what is no promise, such as timers and sockets. So files must not wait while they load, and
 * a rejection that nobody hears fails the whole process instead of one test.
 */
import asyncHooks from 'node:async_hooks'
import {createRequire} from 'node:module'

const {createHook} = asyncHooks
asyncHooks.createHook = callbacks => createHook({...callbacks, trackPromises: false} as asyncHooks.HookCallbacks)

// The test runner takes the function when it is loaded, so that it must not be loaded before.
const {suite} = await import('node:test')
const load = createRequire(import.meta.url)

for (const file of process.argv.slice(2)) suite(file, () => void load(file))
