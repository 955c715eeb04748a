import { createHash } from 'node:crypto'
import type { Secret } from '../base/secret.ts'

/** What is opened for a token, once for each: later it is the same again. Kept by the token's hash, so that it stands nowhere else. */
export function perToken<Opened>(open: (token: Secret) => Opened): (token: Secret) => Opened {
  const known = new Map<string, Opened>()
  return (token) => {
    const hash = createHash('sha256').update(token.reveal()).digest('hex')
    const opened = known.get(hash) ?? open(token)
    known.set(hash, opened)
    return opened
  }
}
