import type { Dyno, DynoRelease } from '../../dyno/dyno-manager.ts'
import { append, end } from '../output-stream.ts'
import type { App, Release } from '../records.ts'

export interface ReleasePhase {
  readonly app: App
  readonly release: Release
  readonly run: { readonly command: string; readonly release: DynoRelease }
}

/**
 * Runs the Procfile's `release` command with the new code and the new config
 * vars; `done` is called once. A release that a newer one has overtaken expires.
 */
export function runReleasePhase({ app, release, run }: ReleasePhase, done: (status: Release['status']) => void): void {
  const dyno = app.dynos.runOneOff({ ...run, size: 'Basic', env: {}, timeToLiveSeconds: null })
  const following = new AbortController()
  app.dynos.log.follow({ dyno: dyno.name, source: 'app' }, ({ text }) => write(release, text), following.signal)
  const look = (now: Dyno): void => {
    if (now.id !== dyno.id || !isOver(now) || release.status !== 'pending') return
    following.abort()
    if (release.output !== null) end(release.output)
    release.output = null
    const isOvertaken = app.releases.some(({ version, status }) => version > release.version && status === 'succeeded')
    if (now.exitCode !== 0) done('failed')
    else done(isOvertaken ? 'expired' : 'succeeded')
  }
  app.dynos.onChange(look)
  look(dyno)
}

const isOver = ({ state }: Dyno): boolean => state === 'down' || state === 'crashed'

function write({ output }: Release, text: string): void {
  if (output !== null) append(output, `${text}\n`)
}
