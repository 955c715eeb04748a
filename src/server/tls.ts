import { CertificateAuthority } from '../host/certificate-authority.ts'

/** What a server presents, and what its clients check it with: PEM texts. */
export interface ServerTls {
  readonly certificate: string
  readonly key: string
  /** Of the authority that signed the certificate. */
  readonly authority: string
}

/** An authority of its own for one server on this machine, forgotten with the server: clients find it in their kubeconfig. */
export async function ownTls(nowMs: number): Promise<ServerTls> {
  const authority = await CertificateAuthority.create('weirkeeper control plane', nowMs)
  const { certificate, key } = await authority.issue(
    { commonName: 'weirkeeper', hosts: ['localhost', '127.0.0.1', '::1'] },
    nowMs,
  )
  return { certificate, key, authority: authority.pair.certificate }
}
