import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PageBudget, type Pages } from '../../../src/runtime/store/page-budget.ts'

/** Enough entries that it looks once. */
const once = 128

class FakePages implements Pages {
  others = 50
  ours = 0
  releases = 0
  files = 0

  get heldBytes(): number {
    return this.others + this.ours
  }

  add(): () => void {
    this.files += 1
    return () => void (this.files -= 1)
  }

  release(): void {
    this.releases += 1
    this.ours = 0
  }
}

function budgetOf(mostBytes: number) {
  const pages = new FakePages()
  const budget = new PageBudget(mostBytes, pages)
  const forget = budget.add('data.mdb')
  const work = (ours: number, others = pages.others) => {
    Object.assign(pages, { ours, others })
    for (let entry = 0; entry < once; entry++) budget.touch()
    return pages.releases
  }
  return { pages, budget, forget, work }
}

describe('the budget of pages of memory-mapped stores', () => {
  it('lets stores have what it allows, and has all of it given back when they have more', () => {
    const { pages, work } = budgetOf(100)
    assert.deepEqual([work(60), work(100), work(101), pages.ours], [0, 0, 1, 0])
    assert.deepEqual([work(100), work(101)], [1, 2])
  })

  it('does not count what was there before the first store, and gives back once in vain for what others come to hold later', () => {
    const { work } = budgetOf(100)
    assert.deepEqual([work(0, 50), work(10, 150), work(0, 150), work(100, 150), work(101, 150)], [0, 1, 1, 1, 2])
  })

  it('counts all that stores come to hold once others hold less', () => {
    const { work } = budgetOf(100)
    assert.deepEqual([work(0, 20), work(90, 20), work(101, 20)], [0, 0, 1])
  })

  it('looks once for many entries', () => {
    const { pages, budget, work } = budgetOf(0)
    pages.ours = 1
    for (let entry = 1; entry < once; entry++) budget.touch()
    assert.equal(pages.releases, 0)
    budget.touch()
    assert.equal(pages.releases, 1)
    assert.equal(work(1), 2)
  })

  it('passes on which files there are', () => {
    const { pages, forget } = budgetOf(100)
    assert.equal(pages.files, 1)
    forget()
    assert.equal(pages.files, 0)
  })
})
