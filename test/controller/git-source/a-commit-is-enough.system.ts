import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { it, type TestContext } from 'node:test'
import { hearGithubWebhook } from '../../../src/controller/git-source/hear-webhook.ts'
import { openGit } from '../../../src/git/open-git.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { asJson } from '../../../src/record/as-json.ts'
import { hasGit, startGitHost, type GitHost } from '../../support/git-host.ts'
import { startController, type RunningController } from '../../support/git-ops.ts'
import { copyManifest, keptSource, sourceKey } from '../../support/git-source.ts'
import { loadKept, storeKept } from '../../support/kept-object.ts'
import { until } from '../../support/until.ts'

const skip = hasGit() ? false : 'there is no git on this machine'

it(
  'a commit in a real repository is declared and becomes Ready; a bad one is told, a removal is pruned, an empty one refused',
  { skip },
  async (t) => {
    const host = await startGitHost(t)
    host.demand('t0ken')
    const controller = await started(t, host)
    const a = { 'streams/a.yaml': copyManifest('a') }
    const b = { 'streams/b.yaml': copyManifest('b') }
    const first = await host.commit({ ...a, ...b, 'README.md': 'ours' })
    await storeKept(controller.record, keptSource({ url: host.url, interval: '1h', secretRef: { name: 'shop-git' } }))
    await untilReady(controller, 'GitSource', 'shop', /^True Applied commit \w{12} declares 2 StreamApps$/)
    await untilReady(controller, 'StreamApp', 'a', /^True Converged/)
    await untilReady(controller, 'StreamApp', 'b', /^True Converged/)
    assert.equal((await loadKept(controller.record, sourceKey))?.status?.['appliedCommit'], first)

    const bad = await host.commit({ ...a, 'streams/b.yaml': copyManifest('b').replace('partitions', 'partitoins') })
    await announced(host, controller)
    await untilReady(
      controller,
      'GitSource',
      'shop',
      /^False ManifestsInvalid .* streams\/b\.yaml:16:22 unknown field "partitoins"/,
    )
    const { lastCommit, appliedCommit } = (await loadKept(controller.record, sourceKey))?.status ?? {}
    assert.deepEqual([lastCommit, appliedCommit], [bad, first])
    assert.match(await controller.ready('StreamApp', 'b'), /^True Converged/)

    await host.commit(a)
    await announced(host, controller)
    await untilReady(controller, 'GitSource', 'shop', /^True Applied commit \w{12} declares 1 StreamApp\b/)
    await untilReady(controller, 'StreamApp', 'b', /^- -/)
    assert.equal(controller.heroku.apps.get('app-b')?.formation[0]?.quantity, 0)

    await host.commit({ 'streams/notes.txt': 'all gone' })
    await announced(host, controller)
    await untilReady(
      controller,
      'GitSource',
      'shop',
      /^False PruneUnconfirmed commit \w{12}: no manifest is left \(a\)/,
    )
    assert.equal(
      (await loadKept(controller.record, { ...sourceKey, kind: 'StreamApp', name: 'a' }))?.metadata.deletionTimestamp,
      undefined,
    )
    assert.match(await controller.ready('StreamApp', 'a'), /^True Converged/)
  },
)

async function started(t: TestContext, { url }: GitHost): Promise<RunningController> {
  const git = openGit()
  const controller = startController(systemClock, git)
  t.after(async () => {
    await controller.stop()
    await git.close()
  })
  assert.match(url, /^http:\/\/127\.0\.0\.1:/)
  const data = { token: encoded('t0ken'), webhook: encoded('h00k') }
  const key = { kind: 'Secret', namespace: 'default', name: 'shop-git' }
  await controller.record.write([{ kind: 'put', key, body: asJson({ data }), expected: 'any', actor: 'test' }])
  return controller
}

const encoded = (text: string): string => Buffer.from(text).toString('base64')

/** As GitHub does after a push. */
async function announced({ url }: GitHost, { record }: RunningController): Promise<void> {
  // No two pushes are the same: each tells the commit that it is at after it.
  const push = { ref: 'refs/heads/main', after: String(performance.now()), repository: { clone_url: url } }
  const body = new TextEncoder().encode(JSON.stringify(push))
  const signature = createHmac('sha256', 'h00k').update(body).digest('hex')
  const headers = {
    'x-hub-signature-256': `sha256=${signature}`,
    'x-github-event': 'push',
    'x-github-delivery': 'delivery',
  }
  assert.deepEqual(await hearGithubWebhook(sourceKey, { body, headers }, { record, clock: systemClock }), {
    ok: true,
    value: 'heard',
  })
}

async function untilReady(controller: RunningController, kind: string, name: string, ready: RegExp): Promise<void> {
  let is = ''
  const look = async () => {
    is = await controller.ready(kind, name)
    return ready.test(is)
  }
  const told = () => `${kind} ${name}: ${is}\n${controller.decisions.join('\n')}`
  await until(look, told, { withinMs: 40_000, everyMs: 50 })
}
