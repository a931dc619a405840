import {X509Certificate} from 'node:crypto'
import {once} from 'node:events'
import type {AddressInfo} from 'node:net'
import {connect, createServer, type Server} from 'node:tls'
import {test, type TestContext} from 'node:test'
import {CertificateAuthority, type CertificateWithKey} from '../../env/certificates.ts'

async function serve(t: TestContext, {certificate, key}: CertificateWithKey): Promise<number> {
  const server: Server = createServer({cert: certificate, key}, socket => void socket.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

/** What a client that trusts `ca` says of the server: nothing, or why not. */
async function verdict(port: number, ca: string, servername?: string): Promise<string> {
  const name = servername === undefined ? {} : {servername}
  const socket = connect({host: '127.0.0.1', port, ca, ...name})
  try {
    await once(socket, 'secureConnect')
    return 'trusted'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.destroy()
  }
}

test('a server certificate is trusted for its names and addresses, under its own authority only', async t => {
  const authority = new CertificateAuthority('one')
  const port = await serve(t, authority.issue(['juju-apiserver', '127.0.0.1']))
  t.assert.equal(await verdict(port, authority.certificate), 'trusted')
  t.assert.equal(await verdict(port, authority.certificate, 'juju-apiserver'), 'trusted')
  t.assert.equal(await verdict(port, authority.certificate, 'other.example.com'), 'ERR_TLS_CERT_ALTNAME_INVALID')
  t.assert.notEqual(await verdict(port, new CertificateAuthority('one').certificate), 'trusted')
})

test('a certificate of the past has expired', async t => {
  const authority = new CertificateAuthority('one')
  const port = await serve(t, authority.issue(['127.0.0.1'], {from: Date.UTC(2020, 0), to: Date.UTC(2021, 0)}))
  t.assert.equal(await verdict(port, authority.certificate), 'CERT_HAS_EXPIRED')
})

test('dates before and after 2050 are written as RFC 5280 wants them', t => {
  const to = Date.UTC(2061, 1, 3, 4, 5, 6)
  const {certificate} = new CertificateAuthority('one').issue(['a.example.com'], {from: Date.UTC(2026, 5, 7), to})
  const {validFrom, validTo, subjectAltName} = new X509Certificate(certificate)
  t.assert.equal(Date.parse(validFrom), Date.UTC(2026, 5, 7))
  t.assert.equal(Date.parse(validTo), to)
  t.assert.equal(subjectAltName, 'DNS:a.example.com')
})
