import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/**
 * Outlives its parent by a moment. Its standard input ends when the parent is
 * gone, however it went, `kill -9` included; then it kills every process group
 * it holds and removes every folder. A shell and not Node: it costs 1 MB and starts in 2 ms.
 * It ignores the signals of the terminal, so Ctrl-C reaches the parent alone.
 */
const script = `
trap '' INT TERM HUP
groups=' '
folders=''
while read -r verb what; do
  case $verb in
    hold) groups="$groups$what " ;;
    free) case $groups in *" $what "*) groups="\${groups%% $what *} \${groups#* $what }" ;; esac ;;
    remove) folders="$folders$what
" ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
IFS='
'
for folder in $folders; do
  for try in 1 2 3 4 5; do
    rm -rf -- "$folder" 2>/dev/null
    [ -e "$folder" ] || break
    sleep 0.2
  done
done
`

export interface Guardian {
  readonly pid: number
  /** Resolves when the guardian is sure to see it, whatever happens to us from then on. */
  hold(processGroup: number): Promise<void>
  free(processGroup: number): void
  /** The folder goes when we go, or at `close`. */
  remove(folder: string): void
  /** Kills what is still held, removes the folders, and resolves when both are done. */
  close(): Promise<void>
}

export function startGuardian(): Guardian {
  const child = spawn('/bin/sh', ['-c', script], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  if (child.pid === undefined) throw new Error('the guardian of the dynos did not start: /bin/sh cannot be run')
  const ended = once(child, 'exit')
  // Its end shows as a failed write; the write's own callback reports it.
  child.stdin.on('error', () => undefined)
  return {
    pid: child.pid,
    hold: (group) => tell(child, `hold ${group}`),
    free: (group) => void tell(child, `free ${group}`).catch(() => undefined),
    remove: (folder) => void tell(child, `remove ${folder}`).catch(() => undefined),
    async close() {
      child.stdin.end()
      if (child.exitCode === null && child.signalCode === null) await ended
    },
  }
}

function tell({ stdin }: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stdin === null) return reject(new Error('the guardian of the dynos has no input'))
    stdin.write(`${line}\n`, (error) => {
      if (error) reject(new Error('the guardian of the dynos is gone: start weir dev again', { cause: error }))
      else resolve()
    })
  })
}
