import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'

const root = dirname(dirname(import.meta.dirname))

/** One thing that a page asks its reader to do: lines for the shell, or a change of `my.yaml`. */
type Step = { readonly kind: 'run'; readonly lines: string } | { readonly kind: 'change'; from: string; to: string }

/** In their order. What a person types, and what others print, stands in fences without a language. */
async function stepsOf(page: string): Promise<readonly Step[]> {
  const markdown = await readFile(join(root, page), 'utf8')
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$|change `([^`]+)` to `([^`]+)`/gm)].map(
    ([, lines, from = '', to = '']): Step =>
      lines === undefined ? { kind: 'change', from, to } : { kind: 'run', lines },
  )
}

/** What `weir dev` says to export. */
async function startDev(t: TestContext): Promise<Readonly<Record<string, string>>> {
  const child = spawn(join(root, 'bin', 'weir'), ['dev', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(async () => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  const [line] = await once(createInterface(child.stdout), 'line', { signal: AbortSignal.timeout(120_000) })
  const { heroku, server } = JSON.parse(String(line))
  return {
    HEROKU_API_KEY: heroku.apiKey,
    HEROKU_HOST: heroku.apiUrl,
    HEROKU_DATA_HOST: heroku.dataHost,
    NODE_EXTRA_CA_CERTS: heroku.caFile,
    KUBECONFIG: server.kubeconfig,
  }
}

describe('docs/how-to/local-platform.md, and docs/tutorial/first-ten-minutes.md after it', () => {
  it('work as they stand', async (t) => {
    const vars = await startDev(t)
    const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-docs-'))
    t.after(() => rm(folder, { recursive: true }))
    const mine = join(folder, 'my.yaml')

    async function run(lines: string): Promise<string> {
      const script = `set -euo pipefail\n${lines.replaceAll('my.yaml', mine)}`
      const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: folder, ...vars }
      const child = spawn('bash', ['-c', script], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
      const ended = once(child, 'close')
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
      await ended
      assert.equal(child.exitCode, 0, `${lines}\n${out}\n${err}`)
      return out
    }

    // One shell for the page: what a step defines, the next one uses.
    const steps = await stepsOf('docs/how-to/local-platform.md')
    const said = await run(steps.flatMap((step) => (step.kind === 'run' ? [step.lines] : [])).join('\n'))
    assert.match(said, /condition met/)
    assert.match(said, /Plan: no changes/)

    const heard: string[] = []
    for (const step of await stepsOf('docs/tutorial/first-ten-minutes.md')) {
      if (step.kind === 'run') heard.push(await run(step.lines))
      else {
        const manifest = await readFile(mine, 'utf8')
        assert.ok(manifest.includes(step.from), `my.yaml has no ${step.from}`)
        await writeFile(mine, manifest.replace(step.from, step.to))
      }
    }
    const all = heard.join('\n')
    assert.match(all, /12 \(useful dyno counts: 1, 2, 3, 6\)/)
    assert.match(all, /dynos worker of word-count: 2 → 3 /)
    assert.match(all, /dynos worker of word-count: 0 → 3 /)
    assert.match(all, /3 refused[\s\S]*refused\n$/)
  })
})
