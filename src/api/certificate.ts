import {z} from 'zod'
import {name, certificates, described, text, type Rule} from './schema.ts'

const caCertificateRefSchema = z.object({
  kind: described(z.enum(['Secret', 'ConfigMap']), 'Kind of the object that holds the certificate.', 'ConfigMap'),
  name: described(name(), 'Name of the object, in the same namespace.', 'juju-ca'),
  key: described(
    text({max: 253, min: 1, pattern: /^[-._a-zA-Z0-9]+$/}).default('ca.crt'),
    'Key in the object that holds the PEM certificates.',
    'ca.crt',
  ),
})
export type CaCertificateRef = z.output<typeof caCertificateRefSchema>

/** The two ways to name a CA: in place, or in another object. */
export function caCertificateFields(note: string): {
  caCertificate: z.ZodOptional<z.ZodString>
  caCertificateRef: z.ZodOptional<typeof caCertificateRefSchema>
} {
  return {
    caCertificate: described(
      certificates().optional(),
      `PEM certificates of the CA that signed the server's certificate. ${note}`,
      '-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----',
    ),
    caCertificateRef: caCertificateRefSchema
      .optional()
      .describe('The same, kept in a Secret or ConfigMap of this namespace; instead of caCertificate.'),
  }
}

/** For the object that holds `caCertificateFields`. */
export const onlyOneCertificate: Rule<{
  caCertificate?: string | undefined
  caCertificateRef?: CaCertificateRef | undefined
}> = {
  rule: '!(has(self.caCertificate) && has(self.caCertificateRef))',
  message: 'write at most one of caCertificate and caCertificateRef',
  holds: value => value.caCertificate === undefined || value.caCertificateRef === undefined,
}
