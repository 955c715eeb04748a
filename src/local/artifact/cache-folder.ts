import { join } from 'node:path'

/** Where fetched and prepared files are kept between runs: $WEIRKEEPER_CACHE, else the user's cache folder. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const chosen = env['WEIRKEEPER_CACHE']
  if (chosen !== undefined && chosen !== '') return chosen
  const shared = env['XDG_CACHE_HOME']
  return join(shared === undefined || shared === '' ? join(home, '.cache') : shared, 'weirkeeper')
}
