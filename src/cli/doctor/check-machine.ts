import { formatDuration } from '../../base/format-duration.ts'
import { doubtful, well, wrong, type Check } from './check.ts'

/** `engines.node` is a major version: `24.x`. */
export function checkNode(version: string, wanted: string): Check {
  const major = Number.parseInt(wanted, 10)
  return Number.parseInt(version.replace(/^v/, ''), 10) === major
    ? well('Node', version)
    : wrong(
        'Node',
        `${version}, and weir needs ${wanted}`,
        `install Node ${major}, or run bin/weir, which brings its own`,
      )
}

const secondMs = 1_000
const mostApartMs = 60 * secondMs

/** `heardMs` is what Heroku says the time is, to the second. Certificates and leases go by the clock. */
export function checkClock(nowMs: number, heardMs: number | undefined): Check {
  if (heardMs === undefined) return doubtful('Clock', 'Heroku did not say the time', 'compare it with another clock')
  const apartMs = Math.round(Math.abs(nowMs - heardMs) / secondMs) * secondMs
  return apartMs <= mostApartMs
    ? well('Clock', apartMs <= secondMs ? 'as at Heroku' : `${formatDuration(apartMs)} apart from Heroku's`)
    : wrong('Clock', `${formatDuration(apartMs)} apart from Heroku's`, 'set this machine by a time server')
}
