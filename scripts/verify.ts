import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { parseManifests } from '../src/resource/parse-manifests.ts'
import type { StreamApp } from '../src/resource/stream-app.ts'
import { parsePlan } from '../src/verify/fault-plan.ts'
import { usualPlans, Verifier, type Failure } from '../src/verify/verify.ts'
import { verifyTogether } from '../src/verify/verify-together.ts'

/** `npm run verify`: the controller against a simulated Heroku, crashed and disturbed at each of its calls. */
const { values } = parseArgs({
  options: {
    file: { type: 'string', short: 'f', default: 'manifests/word-count.yaml' },
    plans: { type: 'string', default: String(usualPlans) },
    seed: { type: 'string', default: '1' },
    plan: { type: 'string' },
  },
})
const started = performance.now()
const app = read(values.file)
process.exitCode = app === undefined ? 2 : values.plan === undefined ? await all(app) : await one(app, values.plan)

function read(file: string): StreamApp | undefined {
  const { apps, mistakes } = parseManifests([{ name: file, bytes: readFileSync(file) }])
  for (const { line, path, message } of mistakes) console.error(`${file}:${line} ${path} ${message}`)
  return mistakes.length === 0 ? apps[0]?.app : undefined
}

async function all(subject: StreamApp): Promise<number> {
  const threads = Math.min(8, availableParallelism())
  const what = { seed: Number(values.seed), plans: Number(values.plans), threads }
  let saidAtMs = started
  const { plans, converged } = await verifyTogether(subject, what, {
    failed: explain,
    played: (count, of) => {
      if (performance.now() < saidAtMs + 10_000) return
      saidAtMs = performance.now()
      console.log(`${count} of ${of} plans, ${seconds()}`)
    },
  })
  const { user, system } = process.cpuUsage()
  const cpu = ((user + system) / 1_000_000).toFixed(0)
  console.log(`${plans} plans, ${converged} converged   ${seconds()} (${cpu} s of processor time), seed ${values.seed}`)
  return plans === converged ? 0 : 1
}

function explain({ plan, shortest, violations }: Failure): void {
  console.log(`\nfailed: ${plan}`)
  for (const violation of violations) console.log(`  ${violation.slice(0, 600)}`)
  console.log(`  again: npm run verify -- --plan '${shortest}'\n`)
}

async function one(subject: StreamApp, text: string): Promise<number> {
  const plan = parsePlan(text)
  if (!plan.ok) {
    console.error(`verify: ${plan.error}`)
    return 2
  }
  const { requests, violations } = await new Verifier(subject).watch(plan.value)
  const [first] = requests
  for (const { index, atMs, by, what, isWrite, changed } of requests) {
    const time = ((atMs - (first?.atMs ?? 0)) / 1000).toFixed(3).padStart(10)
    console.log(`${String(index).padStart(4)} ${time} s  ${by}  ${isWrite ? (changed ? '*' : '~') : ' '} ${what}`)
  }
  for (const violation of violations) console.log(`\n${violation}`)
  console.log(violations.length === 0 ? '1 plan, 1 converged' : '1 plan, 0 converged')
  return violations.length === 0 ? 0 : 1
}

function seconds(): string {
  return `${((performance.now() - started) / 1000).toFixed(0)} s`
}
