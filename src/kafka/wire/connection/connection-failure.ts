import { unreachable } from '../../../base/unreachable.ts'

/**
 * Why a call got no answer, by what follows from it.
 *
 * - `lost`: no connection, or it ended before the answer. Whether the broker did what was asked is
 *   not known; try again, perhaps at another broker.
 * - `refused`: one side did not accept the other's certificate. Trying again does not help.
 * - `unsupported`: the broker does not speak what we need.
 */
export type ConnectionFailure =
  | { readonly kind: 'lost'; readonly address: string; readonly reason: string }
  | { readonly kind: 'refused'; readonly address: string; readonly reason: string }
  | { readonly kind: 'unsupported'; readonly address: string; readonly reason: string }

export function describeConnectionFailure(failure: ConnectionFailure): string {
  switch (failure.kind) {
    case 'lost':
      return `no answer from the Kafka broker at ${failure.address}: ${failure.reason}`
    case 'refused':
      return `the Kafka broker at ${failure.address} and this client do not accept each other's certificate (${failure.reason})`
    case 'unsupported':
      return `the Kafka broker at ${failure.address} is not one we can talk to: ${failure.reason}`
    default:
      return unreachable(failure)
  }
}

/** What a socket's error means. TLS 1.3 tells the client of a bad certificate only after the handshake, as an alert. */
export function socketFailure(address: string, error: Error): ConnectionFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const reason = error.message === '' ? code : error.message
  return { kind: isCertificateProblem(code) ? 'refused' : 'lost', address, reason }
}

/** OpenSSL's alerts and verification results, as Node names them. */
function isCertificateProblem(code: string): boolean {
  return /^ERR_(SSL|OSSL)|^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_)/.test(code)
}
