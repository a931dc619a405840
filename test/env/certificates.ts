import {createHash, generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject} from 'node:crypto'
import {isIPv4} from 'node:net'
import {bits, explicit, integer, implicit, oid, octets, sequence, set, text, time} from './der.ts'

/** A certificate with its private key, both PEM. */
export interface CertificateWithKey {
  readonly certificate: string
  readonly key: string
}

const ids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const

const day = 86_400_000

/** A certificate authority of its own for one server of the test environment; node:crypto alone cannot issue. */
export class CertificateAuthority {
  /** PEM */
  readonly certificate: string
  readonly #name: string
  readonly #key: KeyObject
  readonly #publicKey: KeyObject

  /** @param now what counts as the present, in ms since the epoch; certificates are good for ten years from there */
  constructor(name: string, now = Date.now()) {
    const {privateKey, publicKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
    this.#name = name
    this.#key = privateKey
    this.#publicKey = publicKey
    const extensions = [
      extension(ids.basicConstraints, sequence(Buffer.from([0x01, 0x01, 0xff])), true),
      // keyCertSign, cRLSign
      extension(ids.keyUsage, bits(Buffer.from([0x06]), 1), true),
    ]
    this.certificate = this.#sign(name, publicKey, extensions, now)
  }

  /**
   * A server certificate for host names and IPv4 addresses.
   *
   * @param validity from and to, ms since the epoch; default: yesterday, and ten years from now
   */
  issue(names: readonly string[], validity?: {readonly from: number; readonly to: number}): CertificateWithKey {
    const {privateKey, publicKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
    const extensions = [
      extension(ids.basicConstraints, sequence(), true),
      // digitalSignature
      extension(ids.keyUsage, bits(Buffer.from([0x80]), 7), true),
      extension(ids.extendedKeyUsage, sequence(oid(ids.serverAuth))),
      extension(ids.subjectAltName, sequence(...names.flatMap(alternativeNames))),
    ]
    return {
      certificate: this.#sign(names[0] ?? 'server', publicKey, extensions, Date.now(), validity),
      key: privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
    }
  }

  #sign(subject: string, key: KeyObject, extensions: Buffer[], now: number, validity?: {from: number; to: number}) {
    const algorithm = sequence(oid(ids.ecdsaWithSha256))
    const {from, to} = validity ?? {from: now - day, to: now + 3650 * day}
    const toBeSigned = sequence(
      explicit(0, integer(Buffer.from([2]))),
      integer(randomBytes(16)),
      algorithm,
      distinguishedName(this.#name),
      sequence(time(from), time(to)),
      distinguishedName(subject),
      key.export({type: 'spki', format: 'der'}),
      explicit(
        3,
        sequence(
          ...extensions,
          extension(ids.subjectKeyId, octets(keyId(key))),
          extension(ids.authorityKeyId, sequence(implicit(0, keyId(this.#publicKey)))),
        ),
      ),
    )
    const signature = sign('sha256', toBeSigned, this.#key)
    return new X509Certificate(sequence(toBeSigned, algorithm, bits(signature, 0))).toString()
  }
}

const keyId = (key: KeyObject) =>
  createHash('sha1')
    .update(key.export({type: 'spki', format: 'der'}))
    .digest()

const distinguishedName = (name: string) => sequence(set(sequence(oid(ids.commonName), text(name))))

/**
 * A host name is choice 2 of GeneralName, an address choice 7. An address is written as a host name too: pgBackRest 2.45
 * compares with nothing else.
 */
function alternativeNames(name: string): Buffer[] {
  const hostName = implicit(2, Buffer.from(name, 'ascii'))
  return isIPv4(name) ? [hostName, implicit(7, Buffer.from(name.split('.').map(Number)))] : [hostName]
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [Buffer.from([0x01, 0x01, 0xff])] : []), octets(value))
}
