import { unreachable } from '../base/unreachable.ts'
import type { Platform, PlatformEvent } from './platform.ts'
import type { TerminalLines } from './terminal-lines.ts'

type Addresses = Pick<Platform, 'heroku' | 'kafka' | 'server'>

/** The words of `weir dev`, apart from where they are written. */
export const opening = (version: string): string =>
  `weirkeeper ${version} · local mode, never Heroku\n\n  Starting an Apache Kafka broker and a Heroku emulator …\n`

/** One event of a start, shown. */
export function showEvent(event: PlatformEvent, lines: TerminalLines): void {
  const text = describeEvent(event)
  if (event.kind === 'fetching') lines.progress(text, event.bytes === 0 ? 1 : event.bytesDone / event.bytes)
  else lines.line(text)
}

function describeEvent(event: PlatformEvent): string {
  switch (event.kind) {
    case 'fetching':
      return `  ◎ Kafka        fetching the broker, once: ${event.filesDone} of ${event.files} files, ${megabytes(event.bytesDone)} of ${megabytes(event.bytes)} MB`
    case 'heroku-ready':
      return `  ✔ Heroku API   ${event.apiUrl}   emulator, ${seconds(event.afterMs)}`
    case 'kafka-ready':
      return `  ✔ Kafka        ${event.addresses.dedicated} (dedicated), ${event.addresses.basic} (basic)   Apache Kafka, ${seconds(event.afterMs)}`
    case 'warning':
      return `  ! ${event.message}`
    default:
      return unreachable(event)
  }
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0)
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

export const ready = ({ heroku, server }: Addresses, persist: string | undefined): string => `
  Point weir and the heroku CLI at it:

    export HEROKU_API_KEY=${heroku.apiKey}
    export HEROKU_HOST=${heroku.apiUrl}
    export HEROKU_DATA_HOST=${heroku.dataHost}
    export NODE_EXTRA_CA_CERTS=${heroku.caFile}
${
  server === undefined
    ? ''
    : `
  The control plane is at ${server.url}. weir without --direct and kubectl find it by:

    export KUBECONFIG=${server.kubeconfig}
`
}
Ctrl-C ends everything ${persist === undefined ? '(nothing is kept; --persist DIR keeps Kafka’s records)' : `(Kafka’s records are kept in ${persist})`}
`

/** The line of `--json`, which programs read. */
export const readyLine = ({ heroku, kafka, server }: Addresses): string =>
  `${JSON.stringify({ heroku, kafka, ...(server === undefined ? {} : { server }) })}\n`

/** What a person can do about a start that failed. */
export function describeFailure(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return `port ${port} or ${port + 1} is in use by another program. Choose another with --port N, or leave --port out to take free ones.`
  }
  if (code === 'EACCES') return `port ${port} needs more rights than yours. Choose one from 1024 on with --port N.`
  return error instanceof Error ? error.message : String(error)
}
