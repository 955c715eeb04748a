// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 asks for it, loaded before itself
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 3_600_000
const validMs = 3_650 * dayMs

/** Certificate and private key (PKCS#8) as PEM texts. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface CertificateRequest {
  readonly commonName: string
  /** Host names and addresses that it is good for: a server's. Left out: a client's. */
  readonly hosts?: readonly string[]
}

/** Signs certificates for one local platform or control plane. P-256 keys: what OpenSSL, Java and librdkafka all take. */
export class CertificateAuthority {
  readonly #certificate: x509.X509Certificate
  readonly #key: webcrypto.CryptoKey
  readonly #pair: KeyPair

  private constructor(certificate: x509.X509Certificate, key: webcrypto.CryptoKey, pair: KeyPair) {
    this.#certificate = certificate
    this.#key = key
    this.#pair = pair
  }

  static async create(commonName: string, nowMs: number): Promise<CertificateAuthority> {
    const keys = await newKeys()
    const certificate = await x509.X509CertificateGenerator.createSelfSigned(
      {
        name: [{ CN: [commonName] }],
        keys,
        signingAlgorithm: keyAlgorithm,
        ...lifetime(nowMs),
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        ],
      },
      webcrypto,
    )
    return new CertificateAuthority(certificate, keys.privateKey, await pairOf(certificate, keys.privateKey))
  }

  /** One that was made before, from `pair`. */
  static async from(pair: KeyPair): Promise<CertificateAuthority> {
    const key = await webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pair.key), keyAlgorithm, true, [
      'sign',
    ])
    return new CertificateAuthority(new x509.X509Certificate(pair.certificate), key, pair)
  }

  get pair(): KeyPair {
    return this.#pair
  }

  async issue({ commonName, hosts }: CertificateRequest, nowMs: number): Promise<KeyPair> {
    const keys = await newKeys()
    const { clientAuth, serverAuth } = x509.ExtendedKeyUsage
    const certificate = await x509.X509CertificateGenerator.create(
      {
        subject: [{ CN: [commonName] }],
        issuer: this.#certificate.subject,
        publicKey: keys.publicKey,
        signingKey: this.#key,
        signingAlgorithm: keyAlgorithm,
        ...lifetime(nowMs),
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          // A broker is a client too: it speaks to its controller.
          new x509.ExtendedKeyUsageExtension(hosts === undefined ? [clientAuth] : [serverAuth, clientAuth]),
          await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
          await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey, false, webcrypto),
          ...(hosts === undefined ? [] : [new x509.SubjectAlternativeNameExtension(hosts.map(alternativeName))]),
        ],
      },
      webcrypto,
    )
    return await pairOf(certificate, keys.privateKey)
  }
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify'])

/** From a day ago, so that a clock that is a little off does not refuse it. */
const lifetime = (nowMs: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(nowMs - dayMs),
  notAfter: new Date(nowMs + validMs),
})

const alternativeName = (host: string): x509.JsonGeneralName => ({
  type: /^[\d.]+$|:/.test(host) ? 'ip' : 'dns',
  value: host,
})

async function pairOf(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<KeyPair> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key)
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  }
}
