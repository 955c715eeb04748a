import { workerData, type MessagePort } from 'node:worker_threads'
import { beatFor } from './beat.ts'
import type { HeartbeatSetting } from './pulse.ts'

/** A thread that does nothing but beat for one member, where no other thread has been found for it. */
const { setting, line }: { readonly setting: HeartbeatSetting; readonly line: MessagePort } = workerData
await beatFor(setting, line)
