import { LmdbEnvironment } from '../../src/runtime/store/lmdb-engine.ts'
import type { OpenDisk } from '../../src/runtime/store/task-disk.ts'

export const openLmdb: OpenDisk = (path) => new LmdbEnvironment(path)
