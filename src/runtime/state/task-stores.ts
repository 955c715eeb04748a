import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenEngine, StoreEngine } from '../store/engine.ts'
import { MemoryEngine } from '../store/memory-engine.ts'
import type { OpenDisk, TaskDisk } from '../store/task-disk.ts'
import { appFolder, holderOf, lockOf, takeLock } from './folder-lock.ts'

/** The stores of one task while a thread holds its folder, whatever the task's role. */
export interface HeldStores {
  /** The same store each time until `wipe` or `release`: a task that is made anew on them finds what was there. */
  readonly openEngine: OpenEngine
  /** Throws away what is on disk; engines opened before must not be used again. */
  wipe(): Promise<void>
  /** Closes the environment and gives the folder back. */
  release(): Promise<void>
}

export interface StateFolderOptions {
  readonly stateDir: string
  readonly applicationId: string
  /** Names this start of the machine; '' where that cannot be known, and nothing is used again. */
  readonly era: string
  /** The number of the thread among those of its process. */
  readonly thread: number
  /** Undefined where no store is persistent: then nothing that lies here is of use. */
  readonly openDisk: OpenDisk | undefined
}

/**
 * Folders of state: `<state.dir>/<application.id>/<task>`, as Kafka Streams lays them out.
 *
 * Invariants
 *   F1  A task's folder is held by one thread at a time.
 *   F2  What is in a folder is used again only if this machine did not restart since: nothing is
 *       synced to disk, so a crash of the machine may have torn it. A crash of the process cannot.
 */
export class StateFolder {
  readonly #path: string
  readonly #era: string
  readonly #holder: string
  readonly #openDisk: OpenDisk | undefined

  constructor({ stateDir, applicationId, era, thread, openDisk }: StateFolderOptions) {
    this.#path = appFolder(stateDir, applicationId)
    this.#era = era
    this.#holder = holderOf(thread)
    this.#openDisk = openDisk
    mkdirSync(this.#path, { recursive: true })
  }

  /** Undefined while another thread holds it: ask again. */
  hold(task: string): HeldStores | undefined {
    const path = join(this.#path, task)
    const lock = lockOf(this.#path, task)
    if (!takeLock(lock, this.#holder)) return undefined
    if (!this.#isOfThisEra(path)) wipe(path)
    return this.#stores(path, lock)
  }

  /** Next changelog offsets by store of a task whose folder nobody holds; undefined where somebody does. */
  async storedOffsets(task: string): Promise<ReadonlyMap<string, number> | undefined> {
    const lock = lockOf(this.#path, task)
    if (!takeLock(lock, this.#holder)) return undefined
    const stores = this.#stores(join(this.#path, task), lock)
    try {
      return stores.offsets()
    } finally {
      await stores.release()
    }
  }

  /** Tasks that have state here, held or not. */
  stored(): readonly string[] {
    if (this.#openDisk === undefined) return []
    return readdirSync(this.#path).filter((name) => /^\d+_\d+$/.test(name) && this.#isOfThisEra(join(this.#path, name)))
  }

  #stores(path: string, lock: string): FolderStores {
    return new FolderStores({ path, era: this.#era, lock, openDisk: this.#openDisk })
  }

  #isOfThisEra(path: string): boolean {
    const file = join(path, eraFile)
    return this.#era !== '' && existsSync(file) && readFileSync(file, 'utf8') === this.#era
  }
}

/** The name of this start of the machine (Linux), or ''. */
export function bootEra(): string {
  const file = '/proc/sys/kernel/random/boot_id'
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
}

const eraFile = 'era'

interface HeldFolder {
  readonly path: string
  readonly era: string
  readonly lock: string
  readonly openDisk: OpenDisk | undefined
}

class FolderStores implements HeldStores {
  readonly #folder: HeldFolder
  #disk: TaskDisk | undefined
  readonly #engines = new Map<string, StoreEngine>()

  constructor(folder: HeldFolder) {
    this.#folder = folder
  }

  readonly openEngine: OpenEngine = ({ name, persistent }) => {
    const engine = this.#engines.get(name) ?? (persistent ? this.#open().open(name) : new MemoryEngine())
    this.#engines.set(name, engine)
    return engine
  }

  offsets(): ReadonlyMap<string, number> {
    return this.#open().offsets()
  }

  async wipe(): Promise<void> {
    await this.#close()
    wipe(this.#folder.path)
  }

  async release(): Promise<void> {
    await this.#close()
    rmSync(this.#folder.lock, { force: true })
  }

  #open(): TaskDisk {
    if (this.#disk !== undefined) return this.#disk
    const { path, era, openDisk } = this.#folder
    if (openDisk === undefined)
      throw new Error(`nothing opens what lies at ${path}: no store was said to be persistent`)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, eraFile), era)
    this.#disk = openDisk(join(path, 'lmdb'))
    return this.#disk
  }

  async #close(): Promise<void> {
    this.#engines.clear()
    const disk = this.#disk
    this.#disk = undefined
    await disk?.close()
  }
}

function wipe(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
