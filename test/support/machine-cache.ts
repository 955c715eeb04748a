import { homedir } from 'node:os'
import { artifactCache, type ArtifactCache } from '../../src/local/artifact/artifact-cache.ts'

/** The cache that `weir dev` has on this machine: tests and scripts fetch nothing that is there. */
export const machineCache = (): ArtifactCache => artifactCache(process.env, homedir())
