import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { describe, it } from 'node:test'
import { CertificateAuthority } from '../../src/host/certificate-authority.ts'

const now = Date.UTC(2026, 10, 25)

describe('the local certificate authority', () => {
  it('signs certificates that OpenSSL accepts, for a server with its hosts', async () => {
    const authority = await CertificateAuthority.create('local test', now)
    const { certificate, key } = await authority.issue({ commonName: 'broker', hosts: ['127.0.0.1', 'localhost'] }, now)

    const server = new X509Certificate(certificate)
    const signer = new X509Certificate(authority.pair.certificate)
    assert.ok(server.checkIssued(signer) && server.verify(signer.publicKey))
    assert.equal(server.checkIP('127.0.0.1'), '127.0.0.1')
    assert.equal(server.checkHost('localhost'), 'localhost')
    assert.equal(server.subject, 'CN=broker')
    assert.ok(server.validFromDate.getTime() < now && server.validToDate.getTime() > now + 365 * 86_400_000)
    assert.match(key, /^-----BEGIN PRIVATE KEY-----\n/)
  })

  it('goes on signing when it is read again from its files', async () => {
    const authority = await CertificateAuthority.create('local test', now)
    const again = await CertificateAuthority.from(authority.pair)
    const { certificate } = await again.issue({ commonName: 'tenant' }, now)

    const signer = new X509Certificate(authority.pair.certificate)
    assert.ok(new X509Certificate(certificate).verify(signer.publicKey))
  })
})
