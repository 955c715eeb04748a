import type { JsonObject } from '../../../src/record/record.ts'
import { gadgetSchema } from './gadget-schema.ts'

export const gadgetVersion = 'oracle.weirkeeper.dev/v1'

export const gadgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.oracle.weirkeeper.dev' },
  spec: {
    group: 'oracle.weirkeeper.dev',
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: gadgetSchema },
      },
    ],
  },
}
