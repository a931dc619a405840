import {concealing} from './conceal.ts'
import type {CallOptions, Caller} from './connection.ts'
import {setConfigs, unsetApplicationsConfig} from './facades/application.ts'
import {onlyItem} from './item-errors.ts'

/**
 * Sets options of an application, `trust` among them, and leaves the others alone. The same again changes nothing.
 *
 * @param values text for options of every type; '' sets an empty text. They may be secrets: an error does not quote them.
 * @throws JujuError `not found` (application), `not valid` (unknown option), an empty code (a value of the wrong type),
 *   `operation is blocked`, `unauthorized access` without write access; then nothing was set
 */
export async function setConfig(
  caller: Caller,
  application: string,
  values: Readonly<Record<string, string>>,
  options?: CallOptions,
): Promise<void> {
  const args = [{application, generation: '', config: {...values}, 'config-yaml': ''}]
  await concealing(Object.values(values), async () => {
    const reply = await caller.call(setConfigs, {Args: args}, options)
    onlyItem(setConfigs, reply.results)
  })
}

/**
 * Puts options back to their defaults. 4.x is silent about an option that the charm does not have.
 *
 * @throws JujuError as `setConfig`
 */
export async function unsetConfig(
  caller: Caller,
  application: string,
  names: readonly string[],
  options?: CallOptions,
): Promise<void> {
  const params = {Args: [{application, branch: '', options: [...names]}]}
  const reply = await caller.call(unsetApplicationsConfig, params, options)
  onlyItem(unsetApplicationsConfig, reply.results)
}
