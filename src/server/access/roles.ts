/** What somebody may do: each role may do all that the one before it may. */
export type Role = 'view' | 'edit' | 'admin'

export interface Grant {
  readonly role: Role
  /** `*`: everywhere, cluster-wide kinds included. */
  readonly namespace: string
}

export interface User {
  readonly name: string
  readonly groups: readonly string[]
  readonly grants: readonly Grant[]
}

/** What a request is about to do. Kubernetes' `ResourceAttributes`. */
export interface Action {
  readonly verb: string
  readonly group: string
  readonly plural: string
  readonly subresource: string | undefined
  /** Undefined: cluster-wide, or all namespaces. */
  readonly namespace: string | undefined
}

export interface Rule {
  readonly verbs: readonly string[]
  readonly groups: readonly string[]
  readonly resources: readonly string[]
}

const reading = ['get', 'list', 'watch']
const writing = ['create', 'update', 'patch', 'delete', 'deletecollection']
const everything = [...reading, ...writing]

/**
 * The whole of it. Secrets are not shown to who may only look; the status is
 * the controller's; who may act for whom is an admin's to say.
 */
const rules: Readonly<Record<Role, readonly Rule[]>> = {
  view: [
    {
      verbs: reading,
      groups: ['streams.weirkeeper.dev'],
      resources: [
        'streamapps',
        'streamapps/status',
        'streamapps/scale',
        'streamapps/plan',
        'gitsources',
        'gitsources/status',
      ],
    },
    {
      verbs: reading,
      groups: [''],
      resources: ['configmaps', 'events', 'namespaces', 'serviceaccounts', 'services', 'pods', 'pods/log'],
    },
    { verbs: reading, groups: ['events.k8s.io', 'coordination.k8s.io', 'apiextensions.k8s.io'], resources: ['*'] },
  ],
  edit: [
    {
      verbs: everything,
      groups: ['streams.weirkeeper.dev'],
      resources: ['streamapps', 'streamapps/scale', 'streamapps/plan', 'gitsources'],
    },
    { verbs: everything, groups: [''], resources: ['configmaps', 'secrets', 'events'] },
    { verbs: everything, groups: ['events.k8s.io', 'coordination.k8s.io'], resources: ['*'] },
  ],
  admin: [{ verbs: ['*'], groups: ['*'], resources: ['*'] }],
}

const order: readonly Role[] = ['view', 'edit', 'admin']

export function isRole(text: unknown): text is Role {
  return order.some((role) => role === text)
}

export function mayDo(user: User, action: Action): boolean {
  return user.grants.some((grant) => covers(grant, action) && rulesOf(grant.role).some((rule) => allows(rule, action)))
}

/** Everything that a role may do, with what the lesser roles may; to what an admin may do they add nothing. */
export function rulesOf(role: Role): readonly Rule[] {
  if (role === 'admin') return rules.admin
  return order.slice(0, order.indexOf(role) + 1).flatMap((lesser) => rules[lesser])
}

/** A namespace's own object may be read by whoever may read in it, and by nobody in it changed: it says what they may touch at Heroku. */
function covers({ namespace }: Grant, action: Action): boolean {
  if (namespace === '*') return true
  const isNamespace = action.group === '' && action.plural === 'namespaces'
  return namespace === action.namespace && (!isNamespace || reading.includes(action.verb))
}

function allows({ verbs, groups, resources }: Rule, { verb, group, plural, subresource }: Action): boolean {
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`
  return has(verbs, verb) && has(groups, group) && has(resources, resource)
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value)
}
