import { MappedFiles } from '../../host/mapped-files.ts'
import type { Topology } from '../graph/topology.ts'
import { PageBudget } from '../store/page-budget.ts'
import type { OpenDisk } from '../store/task-disk.ts'

/**
 * How this thread opens stores on disk; undefined for a topology that keeps nothing there: LMDB takes 20 ms and 3 MiB to load.
 * `pageBytes`: what of all stores may count for the process; undefined: everything.
 */
export async function loadDisk(topology: Topology, pageBytes: number | undefined): Promise<OpenDisk | undefined> {
  if (!keepsOnDisk(topology)) return undefined
  const { LmdbEnvironment } = await import('../store/lmdb-engine.ts')
  const pages = pageBytes === undefined ? undefined : new PageBudget(pageBytes, new MappedFiles())
  return (path) => new LmdbEnvironment(path, pages)
}

function keepsOnDisk({ parts: { stores, globalStores } }: Topology): boolean {
  const factories = [...[...stores.values()].map(({ factory }) => factory), ...globalStores.values()]
  return factories.some(({ persistent }) => persistent)
}
