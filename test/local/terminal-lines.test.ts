import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TerminalLines } from '../../src/local/terminal-lines.ts'

function written(isTerminal: boolean, use: (lines: TerminalLines) => void): string {
  let text = ''
  use(new TerminalLines((more) => void (text += more), isTerminal))
  return text.replaceAll('\r\u001B[K', '<clear>')
}

describe('lines for a person', () => {
  it('replace the one that moves, on a terminal', () => {
    const text = written(true, (lines) => {
      lines.moving('1 of 2')
      lines.moving('2 of 2')
      lines.line('done')
      lines.line('next')
    })
    assert.equal(text, '<clear>1 of 2<clear>2 of 2<clear>done\nnext\n')
  })

  it('leave out what only moves where there is no terminal', () => {
    assert.equal(
      written(false, (lines) => (lines.moving('1 of 2'), lines.line('done'))),
      'done\n',
    )
  })

  it('show progress as a line for each tenth where there is no terminal', () => {
    const text = written(false, (lines) => {
      for (let share = 0; share <= 100; share += 1) lines.progress(`${share} %`, share / 100)
    })
    assert.equal(text, Array.from({ length: 11 }, (_, tenth) => `${tenth * 10} %\n`).join(''))
  })
})
