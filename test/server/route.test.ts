import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRoute } from '../../src/server/route.ts'

const streams = { kind: 'resource', group: 'streams.weirkeeper.dev', version: 'v1alpha1', plural: 'streamapps' }
const none = { namespace: undefined, name: undefined, subresource: undefined }

describe('parseRoute', () => {
  const cases: readonly (readonly [path: string, route: unknown])[] = [
    ['/readyz', { kind: 'probe', name: 'readyz' }],
    ['/version', { kind: 'version' }],
    ['/api', { kind: 'groups', core: true }],
    ['/apis/', { kind: 'groups', core: false }],
    ['/apis/streams.weirkeeper.dev', { kind: 'group', group: 'streams.weirkeeper.dev' }],
    ['/api/v1', { kind: 'resources', group: '', version: 'v1' }],
    ['/apis/streams.weirkeeper.dev/v1alpha1/streamapps', { ...streams, ...none }],
    [
      '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/a/streamapps/b/status',
      { ...streams, namespace: 'a', name: 'b', subresource: 'status' },
    ],
    ['/api/v1/namespaces', { kind: 'resource', group: '', version: 'v1', plural: 'namespaces', ...none }],
    ['/api/v1/namespaces/a', { kind: 'resource', group: '', version: 'v1', plural: 'namespaces', ...none, name: 'a' }],
    [
      '/api/v1/namespaces/a/finalize',
      { kind: 'resource', group: '', version: 'v1', plural: 'namespaces', ...none, name: 'a', subresource: 'finalize' },
    ],
    [
      '/api/v1/namespaces/a/events',
      { kind: 'resource', group: '', version: 'v1', plural: 'events', ...none, namespace: 'a' },
    ],
    [
      '/openapi/v3/apis/streams.weirkeeper.dev/v1alpha1',
      { kind: 'openapi', path: 'v3/apis/streams.weirkeeper.dev/v1alpha1' },
    ],
    ['/', undefined],
    ['/api/v1/namespaces/a/events/b/c/d', undefined],
  ]
  for (const [path, route] of cases) it(`reads ${path}`, () => assert.deepEqual(parseRoute(path), route))
})
