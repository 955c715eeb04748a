import type { ThreadLog } from './thread-world.ts'

/** Below this share of the quota what was told no longer holds. */
const calmShare = 0.9

/**
 * Tells when a worker holds more than its dyno's quota, which Heroku answers with swapping (R14) and, at twice the quota, with
 * the end of the dyno (R15). Heaps are bounded; this is for what lies beside them: large values of in-memory stores,
 * record caches, buffers of the network, and what user code keeps. Returned is who is told now and then what is held, in MiB.
 */
export function memoryTeller(quotaMiB: number, log: ThreadLog): (usedMiB: number) => void {
  let isOver = false
  return (usedMiB) => {
    const fields = { usedMiB: Math.round(usedMiB), quotaMiB }
    if (!isOver && usedMiB > quotaMiB) {
      isOver = true
      log.warn(fields, overQuota)
    } else if (isOver && usedMiB < quotaMiB * calmShare) {
      isOver = false
      log.info(fields, 'memory is inside the quota of this dyno again')
    }
  }
}

const overQuota =
  'memory is above the quota of this dyno: use a larger dyno or more of them, fewer threads, ' +
  'or persistent stores instead of in-memory ones'

/**
 * What `/proc/self/status` says the process holds for itself, in MiB. Pages of memory-mapped stores are not among it: the
 * system takes them back when it needs to. Undefined where there is no such line, as on other systems than Linux.
 */
export function anonymousMiB(status: string): number | undefined {
  const [, kibibytes] = /^RssAnon:\s*(\d+) kB$/m.exec(status) ?? []
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024
}
