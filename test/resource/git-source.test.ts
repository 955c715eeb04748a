import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checkGitSource } from '../../src/resource/check-git-source.ts'
import { parseManifests } from '../../src/resource/parse-manifests.ts'

const head = `apiVersion: streams.weirkeeper.dev/v1alpha1
kind: GitSource
metadata:
  name: shop
spec:
`

describe('a GitSource', () => {
  it('asks for nothing but a URL; the rest has defaults', () => {
    const { apps, gitSources, mistakes } = parsed('  url: https://github.com/acme/streams.git')
    assert.deepEqual([apps, mistakes], [[], []])
    assert.deepEqual(gitSources[0]?.gitSource.spec, {
      url: 'https://github.com/acme/streams.git',
      branch: 'main',
      path: '.',
      interval: '1m',
      prune: true,
      maxDeletions: 3,
      suspend: false,
    })
  })

  it('stands beside a StreamApp of the same name', () => {
    const both = `${head}  url: https://github.com/acme/streams.git\n---\n${head}  url: https://github.com/acme/streams.git`
    const { mistakes } = parseManifests([{ name: 'a.yaml', bytes: new TextEncoder().encode(both) }])
    assert.match(mistakes[0]?.message ?? '', /^GitSource default\/shop is declared twice; the other is at a.yaml:4$/)
  })

  const wrong: readonly (readonly [text: string, mistake: string])[] = [
    [
      '  url: git@github.com:acme/streams.git',
      '6:8 url is not https: ssh and git:// are not spoken (write https://github.com/acme/streams.git, with a token in the Secret that spec.secretRef names)',
    ],
    [
      '  url: ssh://git@github.com:22/acme/streams.git',
      '6:8 url is not https: ssh and git:// are not spoken (write https://github.com/acme/streams.git, with a token in the Secret that spec.secretRef names)',
    ],
    ['  url: streams', '6:8 url is no URL (https://github.com/owner/repository.git)'],
    [
      '  url: https://me:secret@github.com/acme/streams.git',
      '6:8 url holds a user or a password, and would be shown to whoever may look (write it without, with a token in the Secret that spec.secretRef names)',
    ],
    [
      '  url: http://github.com/acme/streams.git',
      '6:8 url is http: what is sent could be read and changed on the way (write https://)',
    ],
    ['  url: file:///srv/streams.git', '6:8 url is file: and not https (write https://)'],
    ['  url: https://github.com/acme/streams?tab=1', '6:8 url goes on after the repository (end it before ? and #)'],
    [
      '  url: https://github.com/a/b\n  interval: 3s',
      '7:13 interval is shorter than 10s (write 10s or more; a webhook is heard at once)',
    ],
    [
      '  url: https://github.com/a/b\n  path: ../secrets',
      '7:9 path leaves the repository (write it from the root of the repository)',
    ],
    [
      '  url: https://github.com/a/b\n  path: /streams',
      '7:9 path cannot be "/streams" (a folder, from the root of the repository: deploy/streams)',
    ],
    [
      '  url: https://github.com/a/b\n  branch: refs/heads/main',
      '7:11 branch cannot be the name of a branch (as `git branch` shows it: main)',
    ],
    ['  url: https://github.com/a/b\n  brunch: main', '7:3 unknown field "brunch" (did you mean "branch"?)'],
    ['  branch: main', '5:1 spec lacks "url" (url: Clone URL of the repository, over https.)'],
  ]
  for (const [text, mistake] of wrong) {
    it(`is told: ${mistake}`, () => {
      const { gitSources, mistakes } = parsed(text)
      const told = [...mistakes, ...gitSources.flatMap(checkGitSource)]
      assert.deepEqual(
        told.map(({ line, column, message, hint }) => `${line}:${column} ${message} (${hint})`),
        [mistake],
      )
    })
  }

  it('may be on this machine over http', () => {
    for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:9']) {
      const { gitSources } = parsed(`  url: http://${host}/streams.git`)
      assert.deepEqual(gitSources.flatMap(checkGitSource), [])
    }
  })
})

function parsed(text: string): ReturnType<typeof parseManifests> {
  return parseManifests([{ name: 'git-source.yaml', bytes: new TextEncoder().encode(head + text) }])
}
