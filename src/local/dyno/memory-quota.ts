import type { Clock } from '../../base/clock.ts'
import type { DynoProcess } from './launcher.ts'

interface MemoryWatch {
  readonly process: DynoProcess
  readonly quotaBytes: number
  readonly everyMs: number
  readonly clock: Clock
  readonly say: (text: string) => void
}

/** Heroku kills a dyno at twice its quota (R15) and only complains below that (R14). The factor is from memory of its log. */
const killedAt = 2

export async function watchMemory(watch: MemoryWatch, over: AbortSignal): Promise<void> {
  const { process, quotaBytes, everyMs, clock, say } = watch
  for (;;) {
    await clock.sleep(everyMs, over)
    if (over.aborted) return
    const share = (await process.memoryBytes()) / quotaBytes
    if (share <= 1) continue
    say(`Process running mem=${Math.round((share * quotaBytes) / 2 ** 20)}M(${(share * 100).toFixed(1)}%)`)
    if (share > killedAt) {
      say('Error R15 (Memory quota vastly exceeded)')
      say('Stopping process with SIGKILL')
      return process.signal('SIGKILL')
    }
    say('Error R14 (Memory quota exceeded)')
  }
}
