import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { weir } from '../support/cli.ts'

const kubeconfig = `# mine
apiVersion: v1
kind: Config
current-context: dev
clusters:
  - { name: local, cluster: { server: "https://127.0.0.1:1" } }
contexts:
  - { name: dev, context: { cluster: local, user: me, namespace: team } }
  - { name: prod, context: { cluster: local, user: me } }
users:
  - { name: me, user: { token: a-token-that-nobody-may-see } }
`

async function stage(t: TestContext, text = kubeconfig) {
  const folder = await mkdtemp(join(tmpdir(), 'weirkeeper-config-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'config')
  await writeFile(file, text)
  return { file, run: (...words: string[]) => weir(['config', ...words], { env: { KUBECONFIG: file } }) }
}

describe('weir config', () => {
  it('shows which control plane is asked, and no token', async (t) => {
    const { run, file } = await stage(t)
    assert.deepEqual(await run('view'), {
      code: 0,
      stderr: '',
      stdout: `Kubeconfig:   ${file}
Context:      dev
Server:       https://127.0.0.1:1
Namespace:    team
Token:        •••
Authority:    public ones
Contexts:     dev, prod
`,
    })
  })

  it('uses another context, and leaves every other line as it is', async (t) => {
    const { run, file } = await stage(t)
    assert.equal((await run('use', 'prod')).stdout, 'now using prod\n')
    assert.equal(await readFile(file, 'utf8'), kubeconfig.replace('current-context: dev', 'current-context: "prod"'))
    assert.match((await run('view')).stdout, /^Context: +prod$/m)
  })

  it('says what is wrong', async (t) => {
    const { run } = await stage(t, kubeconfig.replace('current-context: dev\n', ''))
    assert.deepEqual([(await run('view')).code, (await run('use', 'prod')).code], [2, 2])
    const other = await (await stage(t)).run('use', 'prodd')
    assert.match(other.stderr, /there is no context "prodd"; did you mean "prod"\?/)
    assert.equal((await weir(['config', 'view'])).code, 3)
    assert.equal((await weir(['config', 'use', 'x'])).code, 3)
  })
})
