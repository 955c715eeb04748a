import type { ApiObject } from '../api-object.ts'
import type { JsonObject } from '../../record/record.ts'
import type { Column, ResourceKind } from './resource-kind.ts'

/** The kind as a CustomResourceDefinition: for clients that look it up, for editors, and for real clusters. */
export function definitionOf(kind: ResourceKind): ApiObject {
  const { group, version, plural, singular, shortNames, categories, schema } = kind
  const names = { plural, singular, kind: kind.kind, listKind: `${kind.kind}List`, shortNames, categories }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names,
      scope: 'Namespaced',
      conversion: { strategy: 'None' },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
          additionalPrinterColumns: printerColumns,
        },
      ],
    },
    status: {
      acceptedNames: names,
      storedVersions: [version],
      conditions: ['NamesAccepted', 'Established'].map((type) => ({
        type,
        status: 'True',
        reason: type === 'Established' ? 'InitialNamesAccepted' : 'NoConflicts',
        message: 'served by weirkeeper',
      })),
    },
  }
}

/** What a JSON path can say of our columns; the server's own tables say more. */
const printerColumns: readonly JsonObject[] = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
] satisfies readonly (JsonObject & { readonly type: Column['type'] })[]
