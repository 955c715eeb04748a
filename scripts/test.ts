import { spawn } from 'node:child_process'

/**
 * `npm test`: the checks of the house, the tests that need no process, then
 * the tests on the real broker and real processes, two files at a time. Prints
 * everything as it happens and one closing line over all of it.
 */
interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const only = process.argv.slice(2)
const started = Date.now()
const results: Counts[] = []

if (only.length === 0) results.push(await checks(['types', 'lint', 'rooms', 'dead']))
results.push(
  await tests(['--test-isolation=none', '--test-timeout=60000'], only.length > 0 ? only : ['test/**/*.test.ts']),
)
if (only.length === 0)
  results.push(await tests(['--test-concurrency=2', '--test-timeout=300000'], ['test/**/*.system.ts']))

const total = (kind: keyof Counts): number => results.reduce((sum, counts) => sum + counts[kind], 0)
console.log(`\n${Math.round((Date.now() - started) / 1000)} s`)
console.log(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
process.exitCode = total('failed') === 0 ? 0 : 1

async function checks(scripts: readonly string[]): Promise<Counts> {
  let failures = 0
  for (const script of scripts) {
    console.log(`► npm run ${script}`)
    if ((await run('npm', ['run', '--silent', script])).code !== 0) failures += 1
  }
  return { passed: scripts.length - failures, failed: failures, skipped: 0 }
}

/** A run of node's test runner. One that dies without a summary counts as a failure. */
async function tests(flags: readonly string[], files: readonly string[]): Promise<Counts> {
  console.log(`► node --test ${files.join(' ')}`)
  const { code, output } = await run(process.execPath, ['--test', '--test-reporter=spec', ...flags, ...files])
  const count = (name: string): number => Number(new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)
  const failures = count('fail') + count('cancelled')
  return { passed: count('pass'), failed: code !== 0 && failures === 0 ? 1 : failures, skipped: count('skipped') }
}

function run(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      process.stdout.write(text)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
