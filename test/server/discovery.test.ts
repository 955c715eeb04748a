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

  it('names our kind with its schema, as for a real cluster', async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/streamapps.streams.weirkeeper.dev'
    const { body } = await api.call('GET', path)
    const [version] = body['spec'].versions
    const { properties, required } = version.schema.openAPIV3Schema
    assert.deepEqual([required, properties.spec.required], [['spec'], ['app', 'topology']])
    assert.deepEqual(properties.spec.properties.topics['x-kubernetes-list-map-keys'], ['name'])
  })
})
