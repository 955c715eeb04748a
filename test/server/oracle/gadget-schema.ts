import type { JsonObject } from '../../../src/record/record.ts'

const text = { type: 'string' }
const integer = { type: 'integer' }

/** A made-up kind that has each way of owning that a schema can ask for. */
export const gadgetSchema: JsonObject = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        title: text,
        size: { type: 'integer', minimum: 0, maximum: 100, default: 3 },
        mode: { type: 'string', enum: ['slow', 'fast'], default: 'slow' },
        ratio: { type: 'number' },
        paused: { type: 'boolean' },
        note: { type: 'string', nullable: true },
        port: { 'x-kubernetes-int-or-string': true },
        numbers: { type: 'array', items: integer },
        tags: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
        parts: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: {
              name: text,
              weight: integer,
              color: { type: 'string', default: 'grey' },
              hints: { type: 'object', additionalProperties: text },
            },
          },
        },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['number', 'protocol'],
          items: {
            type: 'object',
            required: ['number'],
            properties: { number: integer, protocol: { type: 'string', default: 'TCP' }, alias: text },
          },
        },
        options: { type: 'object', additionalProperties: text },
        limits: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            properties: { soft: integer, hard: { type: 'integer', default: 9 } },
          },
        },
        selector: {
          type: 'object',
          'x-kubernetes-map-type': 'atomic',
          properties: { app: text, tier: text },
        },
        nested: {
          type: 'object',
          default: {},
          properties: {
            one: text,
            two: { type: 'object', properties: { three: integer, four: { type: 'string', default: 'iv' } } },
          },
        },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: text } },
      },
    },
    status: {
      type: 'object',
      properties: {
        observedGeneration: integer,
        phase: text,
        conditions: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['type'],
          items: { type: 'object', required: ['type'], properties: { type: text, status: text, reason: text } },
        },
      },
    },
  },
}
