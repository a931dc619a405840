import type {User} from '@kubernetes/client-node/dist/config_types.js'

import type {Credentials} from './credentials.ts'

/**
 * The `oidc` auth-provider of a kubeconfig, by client-node, which refreshes the token when it runs out. Its module is large
 * and few need it, so it is loaded when it is first used.
 */
export class OidcCredentials implements Credentials {
  readonly #user: User
  #asking: Promise<string | undefined> | undefined
  #provider: {applyAuthentication(user: User, options: object): Promise<void>} | undefined

  constructor(user: User) {
    this.#user = user
  }

  authorization(): Promise<string | undefined> {
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)))
  }

  refused(): boolean {
    return false
  }

  async #ask(): Promise<string | undefined> {
    if (this.#provider === undefined) {
      const {OpenIDConnectAuth} = await import('@kubernetes/client-node/dist/oidc_auth.js')
      this.#provider = new OpenIDConnectAuth()
    }
    const options: {headers: {Authorization?: string}} = {headers: {}}
    await this.#provider.applyAuthentication(this.#user, options)
    return options.headers.Authorization
  }
}
