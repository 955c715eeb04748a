import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../src/host/system-clock.ts'
import { MemoryRecord } from '../../src/record/memory-record.ts'
import { startApi, type ApiUnderTest } from '../support/api-server.ts'
import { onlyOwn } from '../support/heroku-way.ts'
import { Kubectl, kubectls, noKubectl, type Given, type Ran } from '../support/kubectl.ts'
import { oneDyno } from '../support/one-dyno.ts'

const manifest = readFileSync(new URL('../../manifests/word-count.yaml', import.meta.url), 'utf8')

const configMap = (name: string, a: string, more: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { set: 'p' } },
    data: { a },
    ...more,
  })

/** One command, and what a person would see: the whole of it, or a part. */
interface Case {
  readonly args: string
  readonly stdin?: string
  readonly out?: RegExp
  readonly err?: RegExp
  /** 0 unless said. */
  readonly code?: number
  /** Ended once this was printed. */
  readonly until?: RegExp
  readonly env?: Given['env']
  /** Not before this version. */
  readonly since?: string
}

/** In this order, on one server: each begins where those before it left off. */
const cases: readonly Case[] = [
  { args: 'cluster-info', out: /control plane.* is running at .*https:/ },
  { args: 'api-versions', out: /^streams\.weirkeeper\.dev\/v1alpha1$/m },
  { args: 'api-resources --verbs=list -o name', out: /^streamapps\.streams\.weirkeeper\.dev$/m },
  { args: 'get --raw /readyz', out: /^ok$/ },

  // What is shown, and how.
  { args: 'apply -f app.yaml', out: /word-count created/ },
  { args: 'get sapp -A --no-headers --chunk-size=1', out: /^default +word-count +- +Pending/ },
  { args: 'get sapp -o custom-columns=N:.metadata.name,T:.spec.topics[*].name', out: /word-count +lines,word-counts/ },
  { args: 'get sapp -o go-template={{.kind}}', out: /^List$/ },
  { args: 'get sapp --sort-by=.spec.app -o name', out: /^streamapp\.streams\.weirkeeper\.dev\/word-count$/m },
  { args: 'get sapp --show-labels -L team', out: /AGE +TEAM +LABELS/ },
  { args: 'get streams,all', out: /pod\/word-count\.worker\.1/ },
  { args: 'get sapp --field-selector metadata.name!=word-count -o name', out: /^$/ },
  { args: 'get sapp --field-selector spec.app=a', code: 1, err: /field label not supported: spec\.app/ },
  { args: 'get sapp none --ignore-not-found', out: /^$/ },
  { args: 'get sapp none', code: 1, err: /streamapps\.streams\.weirkeeper\.dev "none" not found/ },
  { args: 'get sapp word-count --subresource=scale -o jsonpath={.spec.replicas}', out: /^1$/ },
  { args: 'get -f app.yaml -o jsonpath={.metadata.name}', out: /^word-count$/ },
  { args: 'explain sapp.spec --recursive', out: /scaling\t<Object>/ },
  { args: 'explain sapp --output=plaintext-openapiv2', out: /What you want to be so/ },
  { args: 'explain configmap.data', out: /FIELD: data <map\[string\]string>/ },

  // Marks, and numbers.
  { args: 'label sapp word-count team=a', out: /labeled/ },
  { args: 'label sapp word-count team=b', code: 1, err: /--overwrite is false/ },
  { args: 'label sapp -l team=a team=b --overwrite', out: /labeled/ },
  { args: 'label sapp --all team-', out: /unlabeled/ },
  { args: 'annotate sapp word-count note=a --resource-version=1', code: 1, err: /the object has been modified/ },
  { args: 'annotate sapp word-count note=a', out: /annotated/ },
  { args: 'annotate sapp word-count note-', out: /annotated/ },
  { args: 'scale sapp word-count --replicas=3 --current-replicas=7', code: 1, err: /Expected replicas to be 7, was 1/ },
  { args: 'scale sapp word-count --replicas=3 --dry-run=server', out: /scaled \(server dry run\)/ },
  { args: 'scale -f app.yaml --replicas=2', out: /scaled/ },
  { args: 'patch sapp word-count --subresource=scale --type=merge -p {"spec":{"replicas":1}}', out: /patched/ },
  { args: 'patch sapp word-count --subresource=status --type=merge -p {"status":{"tasks":3}}', out: /patched/ },
  {
    args: 'get sapp word-count -o jsonpath={.spec.scaling.policy},{.spec.scaling.min},{.status.tasks}',
    out: /^fixed,1,3$/,
  },
  { args: 'rollout status sapp/word-count', code: 1, err: /no kind "StreamApp" is registered/ },
  { args: 'autoscale sapp/word-count --max=2', code: 1, err: /could not find the requested resource/ },

  // Strictness.
  {
    args: 'create -f -',
    stdin: configMap('c', '1', { dta: {} }),
    code: 1,
    err: /unknown field "dta" \(did you mean "data"/,
  },
  { args: 'create --validate=warn -f -', stdin: configMap('c', '1', { dta: {} }), err: /Warning: unknown field "dta"/ },
  { args: 'create --validate=ignore -f -', stdin: configMap('d', '1', { dta: {} }), err: /^$/ },
  { args: 'create -f -', stdin: configMap('c', '1'), code: 1, err: /configmaps "c" already exists/ },
  { args: 'create -f app.yaml --dry-run=server', code: 1, err: /already exists/ },
  {
    args: 'apply -f -',
    stdin: '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}}',
    code: 1,
    err: /no matches for kind "Deployment"/,
  },

  // Core kinds, which take a strategic merge.
  { args: 'patch cm c -p {"data":{"b":"2","a":null}}', out: /patched/ },
  { args: 'get cm c -o jsonpath={.data}', out: /^\{"b":"2"\}$/ },
  { args: 'replace -f -', stdin: configMap('c', '3'), out: /replaced/ },
  { args: 'replace -f -', stdin: configMap('none', '3'), code: 1, err: /configmaps "none" not found/ },
  { args: 'replace --force -f -', stdin: configMap('c', '4'), out: /"c" deleted/ },
  { args: 'wait cm/c --for=jsonpath={.data.a}=4 --timeout=20s', out: /condition met/ },
  { args: 'wait cm/c --for=create --timeout=20s', since: '1.31', out: /condition met/ },
  { args: 'wait cm/none --for=delete --timeout=20s' },
  { args: 'wait sapp --all --for=condition=Ready --timeout=1s', code: 1, err: /timed out waiting for the condition/ },
  { args: 'diff -f - --server-side --force-conflicts', stdin: configMap('c', '5'), code: 1, out: /^\+ {2}a: "5"$/m },
  { args: 'get cm -w --output-watch-events', until: /ADDED +d /, code: 1 },
  { args: 'edit cm c', env: { KUBE_EDITOR: `sed -i 's/a: "4"/a: "6"/'` }, out: /edited/ },
  { args: 'get cm c -o jsonpath={.data.a}', out: /^6$/ },

  // What is no longer declared.
  { args: 'apply -f -', stdin: configMap('one', '1'), out: /one created/ },
  { args: 'apply view-last-applied cm one', out: /a: "1"/ },
  { args: 'apply set-last-applied -f - --create-annotation', stdin: configMap('c', '1'), out: /configured/ },
  {
    args: 'apply -f - --prune -l set=p --prune-allowlist=core/v1/ConfigMap',
    stdin: configMap('two', '1'),
    out: /one pruned/,
  },
  {
    args: 'apply -f - --prune -l set=p',
    stdin: configMap('two', '1'),
    code: 1,
    err: /no matches for kind "(Endpoints|Pod|\w+)"/,
  },

  // Going.
  { args: 'delete cm two --dry-run=server', out: /deleted \(server dry run\)/ },
  { args: 'delete cm two --cascade=foreground', out: /deleted/ },
  { args: 'create cm held', out: /created/ },
  { args: 'patch cm held -p {"metadata":{"finalizers":["example.com/held"]}}', out: /patched/ },
  { args: 'delete cm held --wait=false', out: /deleted/ },
  { args: 'delete cm held --timeout=1s', code: 1, err: /timed out waiting for the condition/ },
  { args: 'patch cm held --type=json -p [{"op":"remove","path":"/metadata/finalizers"}]', out: /patched/ },
  { args: 'get cm held', code: 1, err: /not found/ },
  { args: 'create cm e', out: /created/ },
  { args: 'delete cm e --now', out: /"e" deleted/ },
  { args: 'create cm e', out: /created/ },
  { args: 'delete cm e --grace-period=0 --force', out: /force deleted/ },
  { args: 'delete cm -l none=none', out: /No resources found/ },
  { args: 'delete cm --all --cascade=orphan', out: /"d" deleted/ },
  { args: 'delete ns default', code: 1, err: /this namespace may not be deleted/ },

  // Who, and what it may.
  { args: 'auth can-i --list', out: /^\*\.\* +\[\] +\[\] +\[\*\]$/m },
  { args: 'auth can-i * *', out: /^yes$/m },
  { args: 'auth can-i get pods --subresource=log', out: /^yes$/m },
  { args: 'create sa bot', out: /created/ },
  { args: 'create token bot --duration=1h', out: /^[\w-]{30,}$/m },
  { args: 'create token nobody', code: 1, err: /serviceaccounts "nobody" not found/ },
  {
    args: 'create secret docker-registry pull --docker-server=a --docker-username=u --docker-password=p',
    out: /created/,
  },
  { args: 'get secret pull -o jsonpath={.type}', out: /^kubernetes\.io\/dockerconfigjson$/ },
  { args: 'create role a --verb=get --resource=pods', code: 1, err: /could not find the requested resource/ },

  // Dynos.
  { args: 'get po word-count.worker.1 -o wide', out: /Standard-1X/ },
  { args: 'logs word-count.worker.1 --tail=1', out: /^two\n$/ },
  { args: 'logs word-count.worker.1 --since-time=2026-01-01T00:00:02Z', out: /^two\n$/ },
  { args: 'logs word-count.worker.1 --since=1s', out: /^$/ },
  { args: 'logs word-count.worker.1 --all-containers --prefix', out: /^\[pod\/word-count\.worker\.1\/worker\] one$/m },
  { args: 'logs word-count.worker.1 --previous', code: 1, err: /Heroku keeps one log over restarts/ },
  { args: 'logs none', code: 1, err: /pods "none" not found/ },
  { args: 'exec word-count.worker.1 -- ls', code: 1, err: /heroku ps:exec --dyno worker\.1/ },
  { args: 'port-forward pod/word-count.worker.1 80', code: 1, err: /heroku ps:forward PORT --dyno worker\.1/ },
  { args: 'debug word-count.worker.1 --image=a', code: 1, err: /pods\/ephemeralcontainers is not served/ },

  // Events.
  { args: 'events --for streamapp/word-count', out: /MadeTopic +StreamApp\/word-count +made the topic lines/ },
  { args: 'events --types=Warning', err: /No events found/ },
  { args: 'get ev --field-selector reason=MadeTopic,involvedObject.kind=StreamApp -o name', out: /^event\// },
]

/** The oldest and the newest; with the variable each of them, which takes minutes. */
const tried =
  process.env['WEIR_EVERY_KUBECTL'] === '1'
    ? kubectls
    : kubectls.filter((_, at) => at === 0 || at === kubectls.length - 1)

describe('what else kubectl can do', { concurrency: 2, skip: noKubectl }, () => {
  for (const [version, program] of tried) {
    describe(version, { concurrency: 1 }, () => {
      let api: ApiUnderTest
      let kubectl: Kubectl
      before(async () => {
        api = await startApi([], new MemoryRecord(systemClock), onlyOwn(oneDyno))
        kubectl = new Kubectl(program, api.kubeconfig)
        writeFileSync(join(kubectl.home, 'app.yaml'), manifest)
        const key = { kind: 'StreamApp', namespace: 'default', name: 'word-count' }
        await api.record.tell([{ key, type: 'Normal', reason: 'MadeTopic', message: 'made the topic lines' }])
      })
      after(async () => {
        await api.close()
        kubectl.close()
      })
      for (const [at, asked] of cases.entries()) {
        if (asked.since !== undefined && isBefore(version, asked.since)) continue
        it(`${at + 1}: kubectl ${asked.args}`, async () => {
          const { args, stdin, env, until } = asked
          checkRun(asked, await kubectl.run(args.split(' '), withoutUndefined({ stdin, env, until })))
        })
      }
    })
  }
})

function checkRun({ args, code = 0, out, err }: Case, ran: Ran): void {
  const told = `kubectl ${args}\n${ran.out}\n${ran.err}`
  assert.equal(ran.code, code, told)
  if (out !== undefined) assert.match(ran.out, out, told)
  if (err !== undefined) assert.match(ran.err, err, told)
}

function withoutUndefined(given: { readonly [Name in keyof Given]: Given[Name] | undefined }): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** Minor versions of two digits. */
function isBefore(version: string, since: string): boolean {
  return version < since
}
