/**
 * Who may knock on whose door: words, then worlds, then engines, then faces.
 * A room imports from the rooms listed for it and from no other.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const rooms = {
  // words: they only compute
  base: [],
  topology: ['base'],
  resource: ['base', 'topology'],

  // worlds: the outside, each behind a narrow interface
  host: ['base'],
  kafka: ['base', 'topology'],
  heroku: ['base'],
  record: ['base', 'resource'],
  git: ['base'],

  // engines: never each other
  controller: ['base', 'topology', 'resource', 'host', 'kafka', 'heroku', 'record', 'git'],
  runtime: ['base', 'topology', 'host', 'kafka'],

  // faces
  server: ['base', 'topology', 'resource', 'host', 'heroku', 'record', 'controller'],
  plane: ['base', 'host', 'heroku', 'record', 'git', 'controller', 'server'],
  testing: ['base', 'topology', 'kafka', 'runtime'],
  cli: ['base', 'topology', 'resource', 'host', 'kafka', 'heroku', 'controller', 'server'],
  local: ['base', 'topology', 'resource', 'host', 'kafka', 'heroku'],
  verify: ['base', 'topology', 'resource', 'host', 'kafka', 'heroku', 'record', 'controller', 'local'],
}

/** What a room that only computes may take from npm: packages that compute, too. */
export const pureLibraries = {
  base: [],
  topology: [],
  resource: ['ajv', 'fastest-levenshtein', 'js-yaml', 'typebox'],
}
