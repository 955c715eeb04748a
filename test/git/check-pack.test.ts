import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync } from 'node:zlib'
import * as fc from 'fast-check'
import { checkPack } from '../../src/git/check-pack.ts'

const limits = { objectBytes: 1_000, wholeBytes: 2_500 }
const blob = 3
const ofsDelta = 6
const refDelta = 7

describe('checkPack', () => {
  it('lets through what fits', async () => {
    assert.deepEqual(await checkPack(pack(object(blob, 1_000), object(blob, 0), object(blob, 1_000)), limits), {
      kind: 'fits',
    })
    assert.deepEqual(await checkPack(pack(), limits), { kind: 'fits' })
  })

  it('counts what a delta makes, and not what it takes', async () => {
    assert.deepEqual(await checkPack(pack(delta(ofsDelta, 1_000), delta(refDelta, 1_000)), limits), { kind: 'fits' })
    for (const type of [ofsDelta, refDelta]) {
      assert.equal((await checkPack(pack(delta(type, 1_001)), limits)).kind, 'too-large')
    }
  })

  it('refuses one object, or all together, above the limit', async () => {
    assert.equal((await checkPack(pack(object(blob, 1_001)), limits)).kind, 'too-large')
    const three = [1, 2, 3].map(() => object(blob, 900))
    assert.equal((await checkPack(pack(...three), limits)).kind, 'too-large')
  })

  it('notices an object that holds more or less than it says', async () => {
    const claims = (size: number, holds: number): Buffer =>
      Buffer.concat([head(blob, size), deflateSync(Buffer.alloc(holds))])
    assert.equal((await checkPack(pack(claims(10, 900)), limits)).kind, 'broken')
    assert.equal((await checkPack(pack(claims(10, 1_000_000)), limits)).kind, 'broken')
    assert.equal((await checkPack(pack(claims(900, 10)), limits)).kind, 'broken')
  })

  it('comes to a verdict on whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(3), async (bytes, count) => {
        const { kind } = await checkPack(Buffer.concat([start(count), bytes]), limits)
        assert.match(kind, /^(fits|broken|too-large)$/)
      }),
    )
  })
})

function pack(...objects: readonly Buffer[]): Buffer {
  return Buffer.concat([start(objects.length), ...objects, Buffer.alloc(20)])
}

function start(count: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1')
  header.writeUInt32BE(count, 8)
  return header
}

function object(type: number, size: number): Buffer {
  return Buffer.concat([head(type, size), deflateSync(Buffer.alloc(size))])
}

/** A delta of a few bytes that makes `size`. */
function delta(type: number, size: number): Buffer {
  const body = Buffer.from([...sizeBytes(5), ...sizeBytes(size), 0x90, 5])
  const base = type === ofsDelta ? Buffer.from([0x81, 0x01]) : Buffer.alloc(20)
  return Buffer.concat([head(type, body.length), base, deflateSync(body)])
}

function head(type: number, size: number): Buffer {
  const rest = Math.floor(size / 16)
  return Buffer.from([(type << 4) | (size % 16) | (rest > 0 ? 0x80 : 0), ...(rest > 0 ? sizeBytes(rest) : [])])
}

function sizeBytes(size: number): readonly number[] {
  const rest = Math.floor(size / 128)
  return rest > 0 ? [(size % 128) | 0x80, ...sizeBytes(rest)] : [size]
}
