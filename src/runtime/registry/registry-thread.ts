import { workerData } from 'node:worker_threads'
import { askRegistry, type RegistryAnswer } from './ask-registry.ts'
import type { AskingThreadData, NumberedRequest } from './blocking-asker.ts'

const { port, bell, door }: AskingThreadData = workerData

port.on('message', (message: NumberedRequest) => {
  void answer(message)
})

/** Whoever asks sleeps on the bell, and takes the answer from the port when it rings. */
async function answer({ number, request }: NumberedRequest): Promise<void> {
  const told: RegistryAnswer = await askRegistry(door, request)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  port.postMessage({ number, answer: told })
  Atomics.add(bell, 0, 1)
  Atomics.notify(bell, 0)
}
