import type { Secret } from '../../src/base/secret.ts'

/** The control plane's own way to Heroku, and no namespace that brings a token. */
export function onlyOwn<Way>(own: Way): { readonly own: Way; readonly withToken: (token: Secret) => Way } {
  return {
    own,
    withToken: () => {
      throw new Error('no namespace of this test brings a token')
    },
  }
}
