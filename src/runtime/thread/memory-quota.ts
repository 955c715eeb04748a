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
const leastHeapMiB = 64
/** A fiftieth: of the smallest dyno, which has 512 MiB, that is Kafka Streams' own default. */
const cacheShare = 0.02
/** Caches that are set to more leave too little for the rest. */
const mostCacheShare = 0.3

/** A thirty-second: 16 MiB of the smallest dyno. Half of it already costs a store in no order a few per cent more work. */
const pageShare = 1 / 32

export interface MemoryPlan {
  /** Undefined where the dyno has all the memory of its machine. */
  readonly quotaMiB: number | undefined
  /** Bound of each stream thread's heap; undefined without a quota. */
  readonly heapMiB: number | undefined
  /** Record caches of the whole worker. */
  readonly cacheBytes: number
  /** Of each stream thread: pages of memory-mapped stores that may count for the process. Undefined without a quota. */
  readonly pageBytes: number | undefined
  /** Why it will hardly do, and what to set; undefined: it will. */
  readonly warning: string | undefined
}

/**
 * What of a dyno's quota is for what.
 *
 * V8 bounds a heap by the memory of the machine, of which a dyno has a small part: it would collect its garbage long after
 * Heroku ended the dyno. So each stream thread's heap has its share, once the record caches have theirs: they lie beside the
 * heap, in memory that no bound of V8 counts. `caches` are set by the user, or are a default that gives way in a small dyno.
 */
export function planMemory(
  quotaMiB: number | undefined,
  threads: number,
  caches: { readonly bytes: number; readonly isSet: boolean },
): MemoryPlan {
  if (quotaMiB === undefined)
    return { quotaMiB, heapMiB: undefined, cacheBytes: caches.bytes, pageBytes: undefined, warning: undefined }
  const cacheBytes = caches.isSet ? caches.bytes : Math.min(caches.bytes, Math.floor(quotaMiB * cacheShare * mebibyte))
  const cacheMiB = cacheBytes / mebibyte
  const heapMiB = Math.max(leastHeapMiB, Math.floor(((quotaMiB - cacheMiB) * heapShare) / threads))
  const pageBytes = Math.floor((quotaMiB * pageShare * mebibyte) / threads)
  const warning = warningOf(quotaMiB, { cacheMiB, heapsMiB: heapMiB * threads })
  return { quotaMiB, heapMiB, cacheBytes, pageBytes, warning }
}

function warningOf(
  quotaMiB: number,
  { cacheMiB, heapsMiB }: { readonly cacheMiB: number; readonly heapsMiB: number },
): string | undefined {
  if (cacheMiB > quotaMiB * mostCacheShare)
    return (
      `record caches may take ${Math.ceil(cacheMiB)} MiB of this dyno's ${quotaMiB}: ` +
      `set STREAMS_STATESTORE_CACHE_MAX_BYTES to ${Math.floor(quotaMiB * mostCacheShare * mebibyte)} or less, or use a larger dyno`
    )
  if (heapsMiB + cacheMiB > quotaMiB)
    return `its stream threads may take ${heapsMiB} MiB of this dyno's ${quotaMiB}: use fewer threads, or a larger dyno`
  return undefined
}
