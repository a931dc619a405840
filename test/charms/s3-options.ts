import type {OptionSpec} from './charm.ts'

/** The endpoint that an s3-integrator provides. */
export const credentialsEndpoint = 's3-credentials'

const text = (description: string): OptionSpec => ({type: 'string', description, default: ''})

/** The options that both tracks of s3-integrator have. */
export const connectionOptions: Readonly<Record<string, OptionSpec>> = {
  attributes: text('Metadata of objects as a comma separated list.'),
  endpoint: text('Where the object storage is.'),
  'experimental-delete-older-than-days': {
    type: 'int',
    description: 'How many days full backups are kept, from 1 to 9999999; only some charms read it.',
  },
  path: text('Where in the bucket objects are stored.'),
  region: text('Region of the object storage.'),
  's3-uri-style': text('host or path.'),
  'storage-class': text('Storage class of objects.'),
  'tls-ca-chain': text('The CA chain for HTTPS, in base64.'),
}

export const longestRetentionDays = 9_999_999

/** The option's key in the relation. */
export function relationKey(option: string): string {
  return option.replace(/^experimental-/, '')
}

/** The PEM certificates in a base64 chain, as the relation carries them. */
export function certificates(base64: string): readonly string[] {
  const chain = Buffer.from(base64, 'base64').toString('utf8')
  return chain.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
}
