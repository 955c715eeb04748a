import type { Env } from '../config-kafka.ts'

/** Where Linux tells a container's limit: control groups of version 2, and of version 1. Bytes, or a word for none. */
export const limitFiles = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'] as const

const mebibyte = 1024 * 1024

/**
 * What this dyno may use, in MiB: MEMORY_AVAILABLE, which Heroku's Node.js buildpack sets from the dyno's size, else the
 * container's own limit. Undefined where neither says so, or where the limit is above all the memory there is.
 */
export function memoryQuotaMiB(env: Env, limits: readonly string[], totalBytes: number): number | undefined {
  const told = Number(env['MEMORY_AVAILABLE'] ?? '')
  if (Number.isSafeInteger(told) && told > 0) return told
  const bytes = limits.map((text) => Number(text.trim() || NaN)).find((limit) => limit > 0 && limit < totalBytes)
  return bytes === undefined ? undefined : Math.floor(bytes / mebibyte)
}

/** The rest is for the process itself, buffers of the network, and pages of the stores. */
const heapShare = 0.7
/** Below this a thread spends its time collecting garbage, or does not start. */
const leastMiB = 64

/**
 * V8 bounds a heap by the memory of the machine, of which a dyno has a small part: it would collect its garbage long after
 * Heroku ended the dyno. So each stream thread's heap has its share of the quota, in MiB.
 */
export function heapOfThread(quotaMiB: number, threads: number): number {
  return Math.max(leastMiB, Math.floor((quotaMiB * heapShare) / threads))
}
