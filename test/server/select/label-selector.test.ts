import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiFailure } from '../../../src/server/api-status.ts'
import { parseLabelSelector } from '../../../src/server/select/label-selector.ts'

const labels = { app: 'words', 'example.com/tier': 'web.1', empty: '' }

describe('a label selector chooses an object with app=words', () => {
  const cases: readonly (readonly [selector: string, isChosen: boolean])[] = [
    ['', true],
    [' , ', true],
    ['app', true],
    ['!app', false],
    ['! app', false],
    ['other', false],
    ['!other', true],
    ['app=words', true],
    ['app == words', true],
    ['app=other', false],
    ['app!=words', false],
    ['app != other', true],
    ['other!=words', true],
    ['other=', false],
    ['empty=', true],
    ['empty!=', false],
    ['app in (a, words)', true],
    ['app in (a,b)', false],
    ['other in (a,)', false],
    ['empty in (a,)', true],
    ['app notin (a,words)', false],
    ['app notin (a,b)', true],
    ['other notin (a,b)', true],
    ['app in (words),example.com/tier=web.1', true],
    ['app in (words,x),example.com/tier notin (web.1,y),app', false],
    ['app=words,other', false],
    ['constructor', false],
    ['!toString', true],
  ]
  for (const [selector, isChosen] of cases) {
    it(`${isChosen ? 'by' : 'not by'} ${JSON.stringify(selector)}`, () => {
      assert.equal(parseLabelSelector(selector)(labels), isChosen)
    })
  }
})

describe('a label selector that cannot be read is refused: it would choose what nobody meant', () => {
  for (const selector of ['a b', 'a in b', 'a in (b', 'a=b=c', '=b', '-a', 'a-', 'a in ((b))', '!a=b', 'a=ü']) {
    it(selector, () => {
      assert.throws(
        () => parseLabelSelector(selector),
        (error) => error instanceof ApiFailure && error.status.code === 400,
      )
    })
  }
})
