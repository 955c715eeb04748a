import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Where Apache Kafka's jars, and what is made of them, come from and stay. */
export interface ArtifactCache {
  /** Kept between runs. */
  readonly folder: string
  /** A mirror of Maven's central repository; undefined takes the central one. */
  readonly repository: string | undefined
}

/** In $WEIRKEEPER_CACHE, else in the user's cache folder; fetched from $WEIRKEEPER_MAVEN_REPOSITORY where that is set. */
export function artifactCache(env: Env, home: string): ArtifactCache {
  return { folder: cacheFolder(env, home), repository: env['WEIRKEEPER_MAVEN_REPOSITORY'] }
}

function cacheFolder(env: Env, home: string): string {
  const chosen = env['WEIRKEEPER_CACHE']
  if (chosen !== undefined && chosen !== '') return chosen
  const shared = env['XDG_CACHE_HOME']
  return join(shared === undefined || shared === '' ? join(home, '.cache') : shared, 'weirkeeper')
}
