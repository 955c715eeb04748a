/** A promise, or a rejection as soon as the signal fires: the library has waits that nothing else ends. */
export async function orStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>()
  const reject = (): void => stopped.reject(new Error('stopped', { cause: stop.reason }))
  stop.addEventListener('abort', reject, { once: true })
  try {
    stop.throwIfAborted()
    return await Promise.race([promise, stopped.promise])
  } finally {
    stop.removeEventListener('abort', reject)
  }
}
