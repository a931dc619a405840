/** As on a controller: clients verify against `juju-apiserver`, whatever the address. */
export const certificateNames: readonly string[] = ['juju-apiserver', 'localhost', 'juju-mongodb', 'anything']
