import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { create } from 'tar'
import { systemClock } from '../../../src/host/system-clock.ts'
import { createSlugBuilder } from '../../../src/local/build/slug-builder.ts'
import { createDynos } from '../../../src/local/dyno/dynos.ts'
import { startGuardian } from '../../../src/local/dyno/guardian.ts'
import { createProcessLauncher } from '../../../src/local/dyno/process-launcher.ts'
import { portIsOpen } from '../../../src/local/dyno/web-port.ts'
import { freePort } from '../../../src/local/free-ports.ts'
import { chanceFrom } from '../../../src/verify/chance.ts'
import { openEmulator } from '../../support/heroku-emulator.ts'
import type { Emulator, Reply } from '../../support/heroku-emulator.ts'
import { until } from '../../support/until.ts'

const pace = {
  graceMs: 2_000,
  bootMs: 5_000,
  coolOff: { firstMs: 50, ceilingMs: 500 },
  forgivenAfterMs: 5_000,
  memoryEveryMs: 5_000,
}

/** The emulator with real processes and the real builder; only Kafka is a fake. */
async function open(t: TestContext): Promise<Emulator> {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-real-dynos-'))
  const guardian = startGuardian()
  const path = [dirname(process.execPath), ...(process.env['PATH'] ?? '').split(delimiter)]
  const clock = systemClock
  const chance = chanceFrom(11)
  const launcher = createProcessLauncher({ guardian, clock, folder, path })
  const { emulator, close } = await openEmulator({
    dynos: () => createDynos({ launcher, clock, chance, pace, memoryQuotaBytes: () => null, freePort, portIsOpen }),
    buildSlug: createSlugBuilder({ guardian, path, env: {}, weirkeeper: folder }),
  })
  t.after(async () => {
    await close()
    await guardian.close()
    await rm(folder, { recursive: true, force: true })
  })
  return emulator
}

/** Puts the files where the API says, and waits for the build. */
async function deploy({ call, heroku }: Emulator, files: Readonly<Record<string, string>>): Promise<Reply['body']> {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-source-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const archive = create({ gzip: true, cwd: folder }, Object.keys(files))
  const chunks: Uint8Array[] = []
  for await (const chunk of archive) chunks.push(chunk)
  await rm(folder, { recursive: true })
  const { body } = await call('POST', '/apps/tide/sources')
  await fetch(body.source_blob.put_url, { method: 'PUT', body: new Uint8Array(Buffer.concat(chunks)) })
  const source = { url: body.source_blob.get_url, version: 'abcdef1234567' }
  const { body: started } = await call('POST', '/apps/tide/builds', { body: { source_blob: source } })
  await heroku.knobs.settled()
  return (await call('GET', `/apps/tide/builds/${started.id}`)).body
}

/** A minute is more than any of this takes. */
const patience = { withinMs: 60_000, everyMs: 50 }

async function logs({ call }: Emulator): Promise<string> {
  const { body } = await call('POST', '/apps/tide/log-sessions', { body: { lines: 1500 } })
  return (await fetch(body.logplex_url)).text()
}

const logged = (emulator: Emulator, text: string): Promise<string> =>
  until(
    async () => {
      const all = await logs(emulator)
      return all.includes(text) ? all : null
    },
    `the log to say ${text}`,
    patience,
  )

const worker = `console.log(process.env.DYNO + ' greets ' + process.env.GREETING); setInterval(() => {}, 1000)`

describe('the emulator with real dynos', () => {
  it('builds a tarball, runs its release phase, scales it, restarts it for a config var, and shows its log', async (t) => {
    const emulator = await open(t)
    const { call } = emulator
    await call('POST', '/apps', { body: { name: 'tide' } })
    await call('PATCH', '/apps/tide/config-vars', { body: { GREETING: 'hello' } })
    const procfile = 'release: echo migrating for $GREETING\nworker: node worker.js\n'
    const build = await deploy(emulator, { Procfile: procfile, 'worker.js': worker })
    assert.equal(build.status, 'succeeded')
    await until(
      async () => {
        const { body } = await call('GET', '/apps/tide/releases/4')
        return body.status === 'succeeded' && body.current === true ? body : null
      },
      'the end of the release phase',
      patience,
    )
    await logged(emulator, 'migrating for hello')
    await call('PATCH', '/apps/tide/formation/worker', { body: { quantity: 2, size: 'standard-1x' } })
    await logged(emulator, 'worker.2 greets hello')
    await call('PATCH', '/apps/tide/config-vars', { body: { GREETING: 'good evening' } })
    await logged(emulator, 'worker.1 greets good evening')
    await until(
      async () => {
        const { body } = await call('GET', '/apps/tide/dynos')
        const workers = body.filter(({ type }: { type: string }) => type === 'worker')
        return workers.every((dyno: Reply['body']) => dyno.release.version === 5 && dyno.state === 'up')
          ? workers
          : null
      },
      'every dyno to run the new release',
      patience,
    )
    await call('POST', '/apps/tide/dynos', { body: { command: 'echo once and $MORE', env: { MORE: 'only once' } } })
    await logged(emulator, 'once and only once')
  })

  it('keeps the old release when the release phase fails', async (t) => {
    const emulator = await open(t)
    await emulator.call('POST', '/apps', { body: { name: 'tide' } })
    await deploy(emulator, { Procfile: 'release: exit 3\nworker: node worker.js\n', 'worker.js': worker })
    const release = await until(
      async () => {
        const { body } = await emulator.call('GET', '/apps/tide/releases/3')
        return body.status === 'pending' ? null : body
      },
      'the end of the release phase',
      patience,
    )
    assert.deepEqual([release.status, release.current], ['failed', false])
    assert.deepEqual((await emulator.call('GET', '/apps/tide/formation')).body, [])
  })
})
