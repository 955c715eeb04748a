import type { HerokuWay, HerokuWays } from '../../src/controller/keep/heroku-way.ts'

/** The control plane's own way to Heroku, and no namespace that brings a token. */
export function onlyOwn(own: HerokuWay): Omit<HerokuWays, 'record'> {
  return {
    own,
    withToken: () => {
      throw new Error('no namespace of this test brings a token')
    },
  }
}
