import { X509Certificate } from 'node:crypto'
import { doubtful, well, wrong, type Check } from './check.ts'

const dayMs = 24 * 3_600_000
const soonMs = 30 * dayMs

/** The certificates by which an app speaks to its Kafka, from its config vars; none where it speaks without. */
export function checkCertificates(
  app: string,
  vars: Readonly<Record<string, string>>,
  attachment: string,
  nowMs: number,
): readonly Check[] {
  return [`${attachment}_CLIENT_CERT`, `${attachment}_TRUSTED_CERT`]
    .filter((name) => (vars[name] ?? '') !== '')
    .map((name) => checkOne(`${name} of ${app}`, vars[name] ?? '', nowMs))
}

function checkOne(name: string, pem: string, nowMs: number): Check {
  const rotate = 'heroku kafka:credentials --reset, which restarts the dynos with new ones'
  let endsMs: number
  try {
    endsMs = Date.parse(new X509Certificate(pem).validTo)
  } catch {
    return wrong(name, 'is no certificate', rotate)
  }
  const days = Math.floor((endsMs - nowMs) / dayMs)
  if (endsMs <= nowMs) return wrong(name, 'has run out', rotate)
  return endsMs - nowMs < soonMs
    ? doubtful(name, `runs out in ${days} days`, rotate)
    : well(name, `good for ${days} days`)
}
