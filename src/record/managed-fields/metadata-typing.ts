import { dictionary, listByKeys, listOf, number, record, setOfItems, text, deduced, flag } from './typing.ts'

const ownerReference = record(
  { apiVersion: text, kind: text, name: text, uid: text, controller: flag, blockOwnerDeletion: flag },
  true,
)

/** Kubernetes' ObjectMeta. Source: apimachinery `metav1.ObjectMeta` and its published OpenAPI. */
export const objectMeta = record({
  name: text,
  generateName: text,
  namespace: text,
  selfLink: text,
  uid: text,
  resourceVersion: text,
  generation: number,
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: number,
  labels: dictionary(text),
  annotations: dictionary(text),
  ownerReferences: listByKeys(['uid'], ownerReference),
  finalizers: setOfItems(text),
  managedFields: listOf(deduced),
})
