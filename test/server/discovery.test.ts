import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApi, type ApiUnderTest, type Fields } from '../support/api-server.ts'

let api: ApiUnderTest
before(async () => {
  api = await startApi()
})
after(() => api.close())

describe('what the API says of itself', () => {
  it('is the same in one answer and in many', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
    const apis = await api.call('GET', '/apis', { headers: { accept } })
    assert.equal(apis.headers['content-type'], 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    const { body: core } = await api.call('GET', '/api', { headers: { accept } })
    const whole = [...apis.body['items'], ...core['items']].flatMap(({ metadata, versions }: Fields) =>
      versions.flatMap(({ version, resources }: Fields) =>
        resources.map(
          ({ resource, scope, verbs }: Fields) => `${metadata.name ?? ''}/${version} ${resource} ${scope} ${verbs}`,
        ),
      ),
    )
    const { body: groups } = await api.call('GET', '/apis')
    const paths = groups['groups'].map(({ preferredVersion }: Fields) => `/apis/${preferredVersion.groupVersion}`)
    const parts: string[] = []
    for (const path of ['/api/v1', ...paths]) {
      const { body } = await api.call('GET', path)
      const prefix = body['groupVersion'].includes('/') ? body['groupVersion'] : `/${body['groupVersion']}`
      for (const { name, namespaced, verbs } of body['resources']) {
        const scope = namespaced ? 'Namespaced' : 'Cluster'
        if (!name.includes('/')) parts.push(`${prefix} ${name} ${scope} ${verbs}`)
      }
    }
    assert.deepEqual(new Set(whole), new Set(parts))
    assert.ok(parts.some((line) => line.startsWith('streams.weirkeeper.dev/v1alpha1 streamapps Namespaced')))
  })

  it('is OpenAPI whose every reference leads somewhere', async () => {
    const { body: index } = await api.call('GET', '/openapi/v3')
    for (const { serverRelativeURL } of Object.values<Fields>(index['paths'])) {
      const { text, body, headers } = await api.call('GET', serverRelativeURL)
      assert.match(String(headers['cache-control']), /immutable/)
      const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '')
      assert.ok(references.length > 0)
      for (const name of references) assert.ok(body['components'].schemas[name], name)
      const operations = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id)
      assert.equal(new Set(operations).size, operations.length)
    }
    const { text, body } = await api.call('GET', '/openapi/v2')
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g))
      assert.ok(body['definitions'][name], name)
  })

  it('names the plan of a StreamApp in every form, with what it answers', async () => {
    const group = '/apis/streams.weirkeeper.dev/v1alpha1'
    const { body: plain } = await api.call('GET', group)
    const found = plain['resources'].find(({ name }: Fields) => name === 'streamapps/plan')
    assert.deepEqual([found.kind, found.namespaced, found.verbs], ['StreamAppPlan', true, ['create', 'get']])

    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const { body: apis } = await api.call('GET', '/apis', { headers: { accept } })
    const { subresources } = apis['items']
      .flatMap(({ versions }: Fields) => versions.flatMap(({ resources }: Fields) => resources))
      .find(({ resource }: Fields) => resource === 'streamapps')
    const { responseKind, verbs } = subresources.find(({ subresource }: Fields) => subresource === 'plan')
    assert.deepEqual([responseKind.kind, verbs], ['StreamAppPlan', ['create', 'get']])

    const path = `${group}/namespaces/{namespace}/streamapps/{name}/plan`
    const { body: v3 } = await api.call('GET', `/openapi/v3${group}`)
    const { body: v2 } = await api.call('GET', '/openapi/v2')
    const { get, post, put } = v3['paths'][path]
    assert.equal(put, undefined)
    for (const { responses } of [get, post]) {
      const { $ref } = responses[200].content['application/json'].schema
      assert.equal($ref, '#/components/schemas/dev.weirkeeper.streams.v1alpha1.StreamAppPlan')
    }
    const name = 'dev.weirkeeper.streams.v1alpha1.StreamAppPlan'
    assert.deepEqual(v2['paths'][path].post.responses[200].schema, { $ref: `#/definitions/${name}` })
    assert.ok(v2['definitions'][name].properties.changes.items.properties.kind.enum.includes('delete-topic'))
  })

  it('names our kind with its schema, as for a real cluster', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/streamapps.streams.weirkeeper.dev'
    const { body } = await api.call('GET', path)
    const [version] = body['spec'].versions
    const { properties, required } = version.schema.openAPIV3Schema
    assert.deepEqual([required, properties.spec.required], [['spec'], ['app', 'topology']])
    assert.deepEqual(properties.spec.properties.topics['x-kubernetes-list-map-keys'], ['name'])
  })
})
