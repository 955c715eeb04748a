import type { Listed } from '../kinds/resource-kind.ts'

const review = {
  version: 'v1',
  shortNames: [],
  categories: [],
  isNamespaced: false,
  verbs: ['create'],
  subresources: [],
} as const

/** Questions a client asks about itself. They are answered and not kept. */
export const reviewKinds: readonly Listed[] = [
  {
    ...review,
    group: 'authorization.k8s.io',
    plural: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
    kind: 'SelfSubjectAccessReview',
  },
  {
    ...review,
    group: 'authorization.k8s.io',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
    kind: 'SelfSubjectRulesReview',
  },
  {
    ...review,
    group: 'authentication.k8s.io',
    plural: 'selfsubjectreviews',
    singular: 'selfsubjectreview',
    kind: 'SelfSubjectReview',
  },
]
