import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import { withStatus, type KeptObject } from '../../src/record/object-life.ts'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { keyOf, loadKept, storeKept } from '../support/kept-object.ts'
import { onlyOwn } from '../support/heroku-way.ts'
import { Kubectl, kubectls, noKubectl } from '../support/kubectl.ts'
import { oneDyno } from '../support/one-dyno.ts'

const manifest = readFileSync(new URL('../../manifests/word-count.yaml', import.meta.url), 'utf8')
describe('kubectl', { concurrency: 2, skip: noKubectl }, () => {
  for (const [version, program] of kubectls) describe(version, { concurrency: 1 }, () => withKubectl(program))
})

function withKubectl(program: string): void {
  let api: ApiUnderTest
  let kubectl: Kubectl

  before(async () => {
    api = await startApi([], new MemoryRecord(systemClock), onlyOwn(oneDyno))
    kubectl = new Kubectl(program, api.kubeconfig)
    writeFileSync(join(kubectl.home, 'app.yaml'), manifest)
  })
  after(async () => {
    await api.close()
    kubectl.close()
  })

  it('applies a manifest, and a second time finds nothing to do', async () => {
    assert.match(await kubectl.ok('apply', '-f', 'app.yaml'), /word-count created/)
    assert.match(await kubectl.ok('apply', '-f', 'app.yaml'), /word-count unchanged/)
  })

  it('shows columns of our own, and more of them when asked', async () => {
    const [head, row] = (await kubectl.ok('get', 'sapp')).split('\n')
    assert.match(head ?? '', /^NAME +READY +STATUS +DYNOS +TASKS +APP +AGE$/)
    assert.match(row ?? '', /^word-count +- +Pending +- +- +word-count +\d+s$/)
    assert.match(await kubectl.ok('get', 'streamapps', '-o', 'wide'), /APPLICATION-ID +THREADS +MESSAGE/)
    assert.match(
      await kubectl.ok('get', 'sapp', 'word-count', '-o', 'yaml'),
      /finalizers:\n {2}- streams\.weirkeeper\.dev\/tidy/,
    )
    assert.equal(await kubectl.ok('get', 'sapp', 'word-count', '-o', 'jsonpath={.spec.app}'), 'word-count')
  })

  it('says what a field is for', async () => {
    assert.match(await kubectl.ok('explain', 'streamapp.spec.scaling.min'), /Fewest dynos/)
    assert.match(await kubectl.ok('api-resources', '--api-group', 'streams.weirkeeper.dev'), /streamapps +sapp/)
  })

  it('tells the difference that a change would make, and makes none', async () => {
    const changed = manifest.replace('policy: tasks', 'policy: fixed')
    const { code, out } = await kubectl.run(['diff', '-f', '-'], { stdin: changed })
    assert.equal(code, 1)
    assert.match(out, /^-\s+policy: tasks$/m)
    assert.match(out, /^\+\s+policy: fixed$/m)
    assert.equal((await kubectl.run(['diff', '-f', 'app.yaml'])).code, 0)
  })

  it('refuses a misspelt field by name, and every wrong value at once', async () => {
    const misspelt = await kubectl.run(['apply', '-f', '-'], {
      stdin: manifest.replace('policy: tasks', 'polcy: tasks'),
    })
    assert.match(misspelt.err, /unknown field "spec\.scaling\.polcy" \(did you mean "policy"\?\)/)
    const wrong = manifest.replace('policy: tasks', 'policy: often').replace('partitions: 6', 'partitions: 0')
    const { err } = await kubectl.run(['apply', '-f', '-'], { stdin: wrong })
    assert.match(err, /The StreamApp "word-count" is invalid/)
    assert.match(err, /spec\.scaling\.policy: .*often/)
    assert.match(err, /spec\.topics\[0\]\.partitions: partitions must be 1 or more/)
  })

  it('patches, edits, labels, annotates and scales', async () => {
    await kubectl.ok('patch', 'sapp', 'word-count', '--type', 'merge', '-p', '{"spec":{"drift":"Warn"}}')
    await kubectl.ok(
      'patch',
      'sapp',
      'word-count',
      '--type',
      'json',
      '-p',
      '[{"op":"replace","path":"/spec/suspend","value":true}]',
    )
    const strategic = await kubectl.run(['patch', 'sapp', 'word-count', '-p', '{"spec":{"suspend":false}}'])
    assert.match(strategic.err, /strategic-merge-patch\+json is not supported/)
    await kubectl.ok('label', 'sapp', 'word-count', 'team=words')
    await kubectl.ok('annotate', 'sapp', 'word-count', 'note=looked at')
    const edited = await kubectl.run(['edit', 'sapp', 'word-count'], {
      env: { KUBE_EDITOR: "sed -i 's/drift: Warn/drift: Heal/'" },
    })
    assert.match(edited.out, /word-count edited/)
    await kubectl.ok('scale', 'sapp', 'word-count', '--replicas=2')
    const fields = '{.spec.drift} {.spec.suspend} {.metadata.labels.team} {.spec.scaling.policy} {.spec.scaling.min}'
    assert.equal(await kubectl.ok('get', 'sapp', 'word-count', '-o', `jsonpath=${fields}`), 'Heal true words fixed 2')
    assert.match(await kubectl.ok('get', 'sapp', '-l', 'team=words'), /word-count/)
    assert.doesNotMatch(await kubectl.ok('get', 'sapp', '-l', 'team!=words'), /word-count/)
  })

  it('applies on the server, names who owns what is in conflict, and takes it over when forced', async () => {
    const mine = manifest.replace('policy: tasks, min: 1', 'policy: tasks, min: 2')
    const { err } = await kubectl.run(['apply', '--server-side', '--field-manager', 'somebody', '-f', '-'], {
      stdin: mine,
    })
    assert.match(err, /conflict/)
    const forced = ['apply', '--server-side', '--force-conflicts', '--field-manager', 'somebody', '-f', '-']
    assert.equal((await kubectl.run(forced, { stdin: mine })).code, 0)
    assert.equal(await kubectl.ok('get', 'sapp', 'word-count', '-o', 'jsonpath={.spec.scaling.min}'), '2')
  })

  it('waits for a condition, and shows events', async () => {
    const waiting = kubectl.run(['wait', '--for=condition=Ready', 'sapp/word-count', '--timeout=20s'])
    await report(api, { type: 'Ready', status: 'True', reason: 'Converged', message: 'everything is as asked' })
    const { code, err } = await waiting
    assert.equal(code, 0, err)
    const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
    await api.record.tell([{ key, type: 'Normal', reason: 'Applied', message: 'made the topic lines' }])
    assert.match(await kubectl.ok('describe', 'sapp', 'word-count'), /Applied .*made the topic lines/)
    assert.match(await kubectl.ok('events'), /Applied +StreamApp\/word-count +made the topic lines/)
    assert.match(await kubectl.ok('get', 'events'), /streamapp\/word-count/)
  })

  it('watches', async () => {
    const watching = kubectl.run(['get', 'sapp', '-w', '--request-timeout=20s'], { until: /Creating/ })
    await report(api, { type: 'Ready', status: 'False', reason: 'Creating', message: 'being made' })
    const { out } = await watching
    assert.match(out, /word-count +False +Creating/)
  })

  it('shows dynos as pods, and their log as it comes', async () => {
    assert.match(
      await kubectl.ok('get', 'pods'),
      /^NAME +READY +STATUS +RESTARTS +AGE\nword-count\.worker\.1 +1\/1 +Running +0 /,
    )
    assert.match(await kubectl.ok('describe', 'pod', 'word-count.worker.1'), /Controlled By: +StreamApp\/word-count/)
    assert.equal(await kubectl.ok('logs', 'word-count.worker.1'), 'one\ntwo\n')
    assert.equal(
      await kubectl.ok('logs', '-l', 'streams.weirkeeper.dev/streamapp=word-count', '--tail', '1', '--timestamps'),
      '2026-01-01T00:00:02.000000+00:00 two\n',
    )
    const { out } = await kubectl.run(['logs', '-f', 'word-count.worker.1'], { until: /three/ })
    assert.equal(out, 'one\ntwo\nthree\n')
    const { err } = await kubectl.run(['delete', 'pod', 'word-count.worker.1'])
    assert.match(err, /does not allow this method/)
  })

  it('knows who may do what', async () => {
    assert.equal((await kubectl.ok('auth', 'can-i', 'create', 'streamapps')).trim(), 'yes')
    assert.match(await kubectl.ok('auth', 'whoami'), /admin/)
    await kubectl.ok('create', 'namespace', 'team')
    await kubectl.ok('create', 'serviceaccount', 'bot', '-n', 'team')
    const token = (await kubectl.ok('create', 'token', 'bot', '-n', 'team')).trim()
    const config = join(kubectl.home, 'bot')
    writeFileSync(config, api.kubeconfig.replace(/token: .*/, `token: ${token}`))
    const refused = await kubectl.run(['get', 'secrets', '-n', 'team'], { env: { KUBECONFIG: config } })
    assert.match(refused.err, /User "system:serviceaccount:team:bot" cannot list resource "secrets"/)
    assert.equal((await kubectl.run(['get', 'sapp', '-n', 'team'], { env: { KUBECONFIG: config } })).code, 0)
  })

  it('keeps secrets and configmaps, and takes a namespace away with what is in it', async () => {
    await kubectl.ok('create', 'secret', 'generic', 'password', '--from-literal=a=b', '-n', 'team')
    await kubectl.ok('create', 'configmap', 'settings', '--from-literal=a=b', '-n', 'team')
    assert.equal(await kubectl.ok('get', 'secret', 'password', '-n', 'team', '-o', 'jsonpath={.data.a}'), 'Yg==')
    await kubectl.ok('delete', 'namespace', 'team', '--timeout=20s')
    assert.doesNotMatch(await kubectl.ok('get', 'configmaps', '-A'), /settings/)
  })

  it('prunes what an ApplySet holds no more', async () => {
    const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`
    const set = ['apply', '--server-side', '--prune', '--applyset=configmaps/set', '-n', 'default', '-f', '-']
    const env = { KUBECTL_APPLYSET: 'true' }
    assert.equal((await kubectl.run(set, { stdin: configMap('one'), env })).code, 0)
    const { out } = await kubectl.run(set, { stdin: configMap('two'), env })
    assert.match(out, /configmap\/one pruned/)
    assert.deepEqual((await kubectl.ok('get', 'configmaps', '-o', 'name')).split('\n'), [
      'configmap/set',
      'configmap/two',
      '',
    ])
  })

  it('deletes, and waits for the finalizer of whoever tidies up', async () => {
    const deleting = kubectl.run(['delete', 'sapp', 'word-count', '--timeout=20s'])
    const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
    for (const until = Date.now() + 15_000; ;) {
      const kept = await loadKept(api.record, key)
      if (kept?.metadata.deletionTimestamp !== undefined) break
      assert.ok(Date.now() < until, 'it was never told to go')
      await new Promise((resolve) => setImmediate(resolve))
    }
    await api.record.write([{ kind: 'remove', key, expected: 'any', actor: 'controller' }])
    assert.equal((await deleting).code, 0)
    assert.doesNotMatch(await kubectl.ok('get', 'sapp'), /word-count/)
  })
}

/** As the controller does: the status, for the generation that it has seen. */
async function report(api: ApiUnderTest, condition: Readonly<Record<string, string>>): Promise<void> {
  const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
  const kept: KeptObject | undefined = await loadKept(api.record, key)
  assert.ok(kept)
  const { generation: observedGeneration } = kept.metadata
  const stamped = { ...condition, observedGeneration, lastTransitionTime: '2026-01-01T00:00:00Z' }
  await storeKept(api.record, withStatus(kept, { observedGeneration, conditions: [stamped] }))
  assert.deepEqual(keyOf(kept), key)
}
