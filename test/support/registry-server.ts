import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** A schema registry over HTTP, in a thread of its own: whoever asks it sleeps until it answers. */
export interface RegistryServer extends AsyncDisposable {
  readonly port: number
}

export async function startRegistryServer(password?: string): Promise<RegistryServer> {
  const worker = new Worker(new URL('registry-server-thread.ts', import.meta.url), { workerData: { password } })
  const [port]: unknown[] = await once(worker, 'message')
  return {
    port: Number(port),
    [Symbol.asyncDispose]: async () => {
      await worker.terminate()
    },
  }
}
