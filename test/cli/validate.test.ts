import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { githubAnnotations } from '../../src/cli/github-annotations.ts'
import { renderMistakes } from '../../src/cli/render-mistakes.ts'
import { palette } from '../../src/cli/terminal.ts'
import { goodManifest } from '../support/manifest.ts'
import { weir } from '../support/cli.ts'

const cwd = mkdtempSync(join(tmpdir(), 'weir-validate-'))
after(() => {
  rmSync(cwd, { recursive: true })
})
const wrong = goodManifest.replace('partitions: 6, retention', 'partitions: six, retention').replace('  app:', '  ap:')
writeFileSync(join(cwd, 'good.yaml'), goodManifest)
writeFileSync(join(cwd, 'wrong.yaml'), wrong)
mkdirSync(join(cwd, 'folder', 'below'), { recursive: true })
writeFileSync(join(cwd, 'folder', 'a.yaml'), goodManifest)
writeFileSync(
  join(cwd, 'folder', 'below', 'b.yml'),
  goodManifest.replace('word-count }', 'other }').replace('my-heroku-app', 'other-app'),
)
writeFileSync(join(cwd, 'folder', 'notes.txt'), 'not a manifest')
mkdirSync(join(cwd, 'empty'))
writeFileSync(join(cwd, 'nothing.yaml'), '# nothing\n')
const validate = (...words: readonly string[]) => weir(['validate', ...words], { cwd })

describe('weir validate', () => {
  it('says what follows from a manifest that is right, and exits 0', async () => {
    assert.deepEqual(await validate('-f', 'good.yaml'), {
      code: 0,
      stderr: '',
      stdout: `StreamApp/word-count
  6 stream tasks, at most 6 dynos; useful dyno counts: 1, 2, 3, 6
  word-count-counts-changelog   6 partitions   compact
1 document, 0 errors, 0 warnings
`,
    })
  })

  it('prints it as JSON', async () => {
    const { code, stdout, stderr } = await validate('-f', 'good.yaml', '-o', 'json')
    assert.deepEqual([code, stderr], [0, ''])
    assert.deepEqual(JSON.parse(stdout), {
      documents: 1,
      errors: [],
      warnings: [],
      apps: [
        {
          name: 'word-count',
          tasks: 6,
          cap: 6,
          usefulSizes: [1, 2, 3, 6],
          internalTopics: [
            {
              name: 'word-count-counts-changelog',
              kind: 'changelog',
              subtopology: 0,
              partitions: 6,
              cleanupPolicy: 'compact',
              retentionMs: 'none',
              store: 'counts',
              because: 'the manifest says that the store is not windowed',
            },
          ],
        },
      ],
    })
  })

  it('says null, and never zero, for what nobody knows', async () => {
    const input = goodManifest.replace(/ {4}- \{ name: lines.*\n/, '')
    const { stdout } = await weir(['validate', '-f', '-', '-o', 'json'], { input })
    const { apps }: { apps: readonly Readonly<Record<string, unknown>>[] } = JSON.parse(stdout)
    assert.deepEqual([apps[0]?.['tasks'], apps[0]?.['cap'], apps[0]?.['usefulSizes']], [null, null, null])
    assert.match(stdout, /"partitions": null/)
    assert.match((await weir(['validate', '-f', '-'], { input })).stdout, /stream tasks unknown[\s\S]*partitions \?/)
  })

  it('shows every mistake with its text underlined, exits 2, and leaves stdout empty', async () => {
    assert.deepEqual(await validate('-f', 'wrong.yaml'), {
      code: 2,
      stdout: '',
      stderr: `wrong.yaml:4:1: error: spec lacks "app"
    4 | spec:
      | ^^^^
      = app: Heroku app that runs the workers.
wrong.yaml:5:3: error: unknown field "ap"
    5 |   ap: my-heroku-app
      |   ^^
      = did you mean "app"?
wrong.yaml:22:34: error: partitions must be a whole number, not "six"
    22 |     - { name: lines, partitions: six, retention: 24h }
       |                                  ^^^
1 document, 3 errors, 0 warnings
`,
    })
  })

  it('prints mistakes as JSON, too', async () => {
    const { code, stdout, stderr } = await validate('-f', 'wrong.yaml', '-o', 'json')
    assert.deepEqual([code, stderr], [2, ''])
    const { documents, errors, apps }: { documents: unknown; errors: unknown[]; apps: unknown } = JSON.parse(stdout)
    assert.deepEqual([documents, apps, errors.length], [1, [], 3])
    assert.deepEqual(errors[2], {
      file: 'wrong.yaml',
      line: 22,
      column: 34,
      endColumn: 37,
      path: '/spec/topics/0/partitions',
      message: 'partitions must be a whole number, not "six"',
    })
  })

  it('reads folders with what is below them, several files, and stdin', async () => {
    assert.match(
      (await validate('-f', 'folder')).stdout,
      /StreamApp\/word-count[\s\S]*StreamApp\/other[\s\S]*2 documents, 0 errors/,
    )
    assert.match((await validate('-f', 'good.yaml', '-f', 'folder/below/b.yml')).stdout, /2 documents/)
    assert.match((await validate('-f', 'good.yaml', 'folder/below/b.yml')).stdout, /2 documents/)
    assert.equal((await weir(['validate', '-f', '-'], { input: goodManifest })).code, 0)
    assert.match((await weir(['validate', '-f', '-'], { input: wrong })).stderr, /^-:4:1: error/)
  })

  const unreadable: readonly (readonly [file: string, says: RegExp])[] = [
    ['nowhere.yaml', /nowhere\.yaml:1:1: error: there is no such file/],
    ['empty', /empty:1:1: error: no \.yaml, \.yml or \.json file in this folder/],
    ['nothing.yaml', /nothing\.yaml:1:1: error: there is no manifest here/],
  ]
  for (const [file, says] of unreadable) {
    it(`${file}: ${says.source}`, async () => {
      const { code, stderr } = await validate('-f', file)
      assert.equal(code, 2)
      assert.match(stderr, says)
      assert.equal((await validate('-f', file, '-o', 'json')).code, 2)
    })
  }

  it('asks for -f, and for a format that it knows', async () => {
    assert.match((await validate()).stderr, /name at least one manifest: -f FILE/)
    assert.equal((await validate()).code, 2)
    assert.match((await validate('-f', 'good.yaml', '-o', 'yaml')).stderr, /-o takes text or json, not yaml/)
  })

  it('annotates the lines in GitHub Actions', async () => {
    const { stderr } = await weir(['validate', '-f', 'wrong.yaml'], { cwd, env: { GITHUB_ACTIONS: 'true' } })
    assert.match(
      stderr,
      /^::error file=wrong\.yaml,line=22,col=34,endColumn=37,title=weir validate::partitions must be/m,
    )
    const many = Array.from({ length: 30 }, () => ({
      file: 'a,b:c',
      line: 1,
      column: 1,
      endColumn: 2,
      path: '',
      message: '100%\nno',
    }))
    const lines = githubAnnotations(many, 'warning').trimEnd().split('\n')
    assert.equal(lines.length, 10)
    assert.equal(lines[0], '::warning file=a%2Cb%3Ac,line=1,col=1,endColumn=2,title=weir validate::100%25%0Ano')
  })
})

describe('a mistake on the screen', () => {
  const shown = (source: string, column: number, endColumn: number, hasColour = false) =>
    renderMistakes([{ file: 'x', line: 1, column, endColumn, path: '', message: 'm' }], {
      severity: 'error',
      files: [{ name: 'x', bytes: new TextEncoder().encode(source) }],
      paint: palette({ hasColour }),
    })

  it('keeps tabs, so that the mark stands below the text', () => {
    assert.equal(shown('\ta: b', 5, 6), 'x:1:5: error: m\n    1 | \ta: b\n      | \t   ^\n')
  })

  it('shows a long line from near the mistake', () => {
    const lines = shown(`a: ${'x'.repeat(1000)}y`, 1004, 1005).split('\n')
    assert.ok(lines.every((line) => line.length < 140))
    assert.match(lines[1] ?? '', /xy$/)
    assert.equal(lines[1]?.indexOf('y'), lines[2]?.indexOf('^'))
  })

  it('lets a file neither colour nor move the terminal', () => {
    // oxlint-disable-next-line no-control-regex -- an escape character is what must not be there
    assert.doesNotMatch(shown('a: \u001B[31mred\u009B2J\u202E', 4, 5), /[\u001B\u009B\u202E]/)
    assert.ok(shown('a: b', 4, 5, true).includes('\u001B[31m^'))
  })
})
