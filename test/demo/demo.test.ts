import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { countWords, differences, total } from '../../scripts/demo/count-words.ts'
import { grouped } from '../../scripts/demo/screen.ts'
import { poll } from '../../scripts/demo/poll.ts'
import { textOfPackages } from '../../scripts/demo/text.ts'
import { assignmentIn, restoredIn, taskCount } from '../../scripts/demo/worker-log.ts'

describe('the demo', () => {
  it('counts words as the topology does, without it', () => {
    const counts = countWords(['The cat -- the CAT, übermut!', "don't 42 the"])
    assert.deepEqual(Object.fromEntries(counts), { the: 3, cat: 2, übermut: 1, don: 1, t: 1 })
    assert.equal(total(counts), 8)
  })

  it('names every count that differs, in either direction', () => {
    const [expected, found] = [
      new Map([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]),
      new Map([
        ['a', 1],
        ['b', 3],
        ['d', 1],
      ]),
    ]
    assert.deepEqual(differences(expected, found), [
      '"b": 2 expected, 3 found',
      '"c": 3 expected, 0 found',
      '"d": 0 expected, 1 found',
    ])
    assert.deepEqual(differences(expected, new Map(expected)), [])
  })

  it('reads licences and readmes of packages in one order, blank lines left out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'weir-demo-text-'))
    try {
      for (const [path, text] of [
        ['b/README.md', 'b1\n\nb2\r\n'],
        ['@a/x/LICENSE', 'a1\n'],
        ['@a/x/index.js', 'no\n'],
        ['.bin/README', 'no\n'],
        ['b/License.txt', 'b0'],
      ] as const) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), text)
      }
      assert.deepEqual(textOfPackages(folder, 4), { lines: ['a1', 'b0', 'b1', 'b2'], files: 3, packages: 2 })
      assert.throws(() => textOfPackages(folder, 5), /have 4 lines.*5 are needed/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('says what it waited for, and what it saw last, when it waits in vain', async () => {
    const look = (): Promise<null> => Promise.resolve(null)
    const wait = { what: 'the lag to be zero', withinMs: 5, everyMs: 1, look, seen: () => 'lag 7' }
    await assert.rejects(
      poll(wait, new AbortController().signal),
      /waited 0\.005 s in vain for the lag to be zero; last seen: lag 7/,
    )
  })

  it('forgives a look that fails where it may, and tells of the failure at the end', async () => {
    let looks = 0
    const look = (): Promise<number | null> =>
      (looks += 1) < 3 ? Promise.reject(new Error('no coordinator')) : Promise.resolve(looks)
    const wait = { what: 'a group', withinMs: 1_000, everyMs: 1, look }
    assert.equal(await poll({ ...wait, forgiving: true }, new AbortController().signal), 3)
    looks = 0
    await assert.rejects(poll(wait, new AbortController().signal), /^Error: no coordinator$/)
    const never = { ...wait, withinMs: 5, forgiving: true, look: () => Promise.reject(new Error('no coordinator')) }
    await assert.rejects(poll(never, new AbortController().signal), /in vain for a group; last seen: no coordinator/)
  })

  it('reads in the log who has which tasks, and what was restored', () => {
    const line = (at: string, dyno: string, fields: object): string =>
      `2026-11-25T02:03:${at}+00:00 app[${dyno}]: ${JSON.stringify(fields)}`
    const log = [
      line('01.000', 'worker.1', { generation: 1, tasks: ['0_0', '0_1', '1_0'], msg: 'joined the group' }),
      line('02.000', 'worker.2', { generation: 2, tasks: ['1_0'], msg: 'joined the group' }),
      line('02.000', 'worker.1', { generation: 2, tasks: ['0_1'], msg: 'joined the group' }),
      line('02.000', 'worker.1', { generation: 2, tasks: ['0_0'], msg: 'joined the group' }),
      line('03.000', 'worker.2', { records: 7, msg: 'restored a store from its changelog' }),
      line('04.000', 'worker.2', { records: 5, msg: 'restored a store from its changelog' }),
      '2026-11-25T02:03:04.000+00:00 app[worker.1]: {half of a line',
      '2026-11-25T02:03:04.000+00:00 heroku[worker.1]: State changed from starting to up',
    ].join('\n')
    const found = assignmentIn(log)
    assert.deepEqual(
      [...found.tasks],
      [
        ['worker.1', ['0_0', '0_1']],
        ['worker.2', ['1_0']],
      ],
    )
    assert.deepEqual([found.generation, taskCount(found)], [2, 3])
    assert.deepEqual(restoredIn(log, 'worker.2', Date.parse('2026-11-25T02:03:03.500Z')), { stores: 1, records: 5 })
    assert.equal(taskCount(assignmentIn('')), 0)
  })

  it('groups digits by three', () => {
    assert.deepEqual([7, 1_234, 281_571, 1_000_000].map(grouped), [
      '7',
      '1\u2009234',
      '281\u2009571',
      '1\u2009000\u2009000',
    ])
  })
})
