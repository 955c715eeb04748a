import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  appsAnnotation,
  bindingMistakes,
  bindingOf,
  boundToken,
  tokenSecretAnnotation,
  unboundApp,
} from '../../src/record/namespace-binding.ts'

const bound = (annotations: Readonly<Record<string, string>>) => bindingOf('team', { metadata: { annotations } })

describe('the binding of a namespace', () => {
  const cases: readonly (readonly [apps: string, app: string, isAllowed: boolean])[] = [
    ['orders', 'orders', true],
    ['orders', 'orders-2', false],
    ['orders, words-*', 'words-eu', true],
    ['orders, words-*', 'words', false],
    ['*', 'anything', true],
    ['', 'orders', false],
  ]
  for (const [apps, app, isAllowed] of cases) {
    it(`to ${JSON.stringify(apps)} is ${isAllowed ? 'one' : 'none'} to ${app}`, () => {
      assert.equal(unboundApp(bound({ [appsAnnotation]: apps }), app) === undefined, isAllowed)
    })
  }

  it('that says nothing of apps leaves them all open, as does a namespace that is not there', () => {
    assert.equal(unboundApp(bound({}), 'orders'), undefined)
    assert.equal(unboundApp(bindingOf('team', undefined), 'orders'), undefined)
  })

  it('says what to do where an app is not in it', () => {
    const message = unboundApp(bound({ [appsAnnotation]: 'orders, words-*' }), 'shop') ?? ''
    assert.match(message, /bound to the Heroku apps orders, words-\*, and not to shop/)
    assert.match(message, /kubectl annotate namespace team --overwrite \S+heroku-apps=orders,words-\*,shop$/)
  })

  it('names its Secret in the namespace, or in another', () => {
    const secretOf = (text: string) => bound({ [tokenSecretAnnotation]: text }).tokenSecret
    assert.deepEqual(secretOf('heroku'), { kind: 'Secret', namespace: 'team', name: 'heroku' })
    assert.deepEqual(secretOf('keys/of-team'), { kind: 'Secret', namespace: 'keys', name: 'of-team' })
  })

  it('takes the token of the Secret, and never tells it', () => {
    const tokenSecret = { kind: 'Secret', namespace: 'team', name: 'heroku' }
    const token = (text: string) => {
      const data = { token: Buffer.from(text).toString('base64') }
      return boundToken({ ...bound({}), tokenSecret }, { data })
    }
    const taken = token('HRKU-1234\n')
    assert.ok(taken.ok)
    assert.deepEqual([taken.value.reveal(), String(taken.value)], ['HRKU-1234', '•••'])
    for (const wrong of [token(''), token('HRKU 1234'), boundToken({ ...bound({}), tokenSecret }, undefined)]) {
      assert.ok(!wrong.ok)
      assert.match(wrong.error, /^Secret team\/heroku, which namespace team names/)
      assert.ok(!wrong.error.includes('HRKU'))
    }
  })

  it('is refused where it cannot be read', () => {
    const wrong = { [appsAnnotation]: 'orders, Words', [tokenSecretAnnotation]: 'a/b/c' }
    assert.deepEqual(
      bindingMistakes(wrong).map(({ annotation }) => annotation),
      [appsAnnotation, tokenSecretAnnotation],
    )
    assert.deepEqual(bindingMistakes({ [appsAnnotation]: 'orders,words-*', [tokenSecretAnnotation]: 'keys/team' }), [])
  })
})
