import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { decodeObject } from '../../src/server/protobuf/decode-object.ts'
import { WireWriter } from '../../src/server/protobuf/wire.ts'

function envelope(apiVersion: string, kind: string, message: WireWriter): Buffer {
  const head = new WireWriter().text(1, apiVersion).text(2, kind)
  return Buffer.concat([Buffer.from('k8s\0'), new WireWriter().message(1, head).message(2, message).finish()])
}

const metadata = new WireWriter().text(1, 'name').text(2, '').text(3, 'default')

describe("Kubernetes' protobuf", () => {
  it('is read as JSON, maps and bytes included', () => {
    const entry = new WireWriter().text(1, 'a').bytes(2, Buffer.from('b'))
    const secret = new WireWriter().message(1, metadata).message(2, entry).text(3, 'Opaque')
    assert.deepEqual(decodeObject(envelope('v1', 'Secret', secret)), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'name', namespace: 'default' },
      data: { a: 'Yg==' },
      type: 'Opaque',
    })
  })

  it('keeps an empty text where Go has a pointer, and drops it where Go writes the zero of a field', () => {
    const lease = new WireWriter().message(1, metadata).message(2, new WireWriter().text(1, '').text(6, ''))
    assert.deepEqual(decodeObject(envelope('coordination.k8s.io/v1', 'Lease', lease))?.['spec'], {
      holderIdentity: '',
      strategy: '',
    })
  })

  it('is undefined for a kind that is not known', () => {
    assert.equal(decodeObject(envelope('v1', 'Pod', new WireWriter())), undefined)
  })

  it('is refused, and nothing worse, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, hasHead) => {
        const head = hasHead ? envelope('v1', 'Secret', metadata) : Buffer.from('k8s\0')
        try {
          decodeObject(Buffer.concat([head, bytes]))
        } catch (error) {
          assert.ok(error instanceof RangeError)
        }
      }),
    )
  })
})
