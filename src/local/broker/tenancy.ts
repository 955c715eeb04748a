import kafkajs, {
  type AclEntry,
  type AclOperationTypes,
  type AclResourceTypes,
  type Admin,
  type ResourcePatternTypes,
} from 'kafkajs'
import { isDedicated } from './principals.ts'

// Node finds few of kafkajs' exports by name; the rest are on its default.
const {
  AclOperationTypes: Operation,
  AclPermissionTypes: Permission,
  AclResourceTypes: Resource,
  ResourcePatternTypes: Pattern,
} = kafkajs

/**
 * Who may do what, kept in Kafka's own access control lists and nowhere else.
 *
 * A tenant of the basic plan may read, write and describe topics that carry its
 * prefix, use transactional ids that carry it, and join the groups granted to
 * it by name. Kafka asks the lists at each request, so what is taken away is
 * refused from the next request on, on open connections too. It has no list of
 * revoked certificates: an expelled one still shakes hands, and then may do nothing.
 *
 * Granted groups are also written down under a name that no certificate
 * carries, so that certificates issued later get them, and after a restart too.
 */
export class Tenancy {
  readonly #admin: Admin

  constructor(admin: Admin) {
    this.#admin = admin
  }

  async admit(principal: string, prefix: string | null): Promise<void> {
    if (prefix === null) {
      await this.#admin.createAcls({ acl: everything(principal) })
      return
    }
    const groups = await this.#grantedGroups()
    const acl = [...tenantRights(principal, prefix), ...groups.flatMap((group) => groupRights(principal, group))]
    await this.#admin.createAcls({
      acl: acl.filter(
        ({ resourceType, resourceName }) => resourceType !== Resource.GROUP || resourceName.startsWith(prefix),
      ),
    })
  }

  async expel(principal: string): Promise<void> {
    await this.#remove({ principal: `User:${principal}` })
  }

  async grantGroup(group: string): Promise<void> {
    const tenants = (await this.#tenants()).filter(({ prefix }) => group.startsWith(prefix))
    const acl = [ledger, ...tenants.map(({ principal }) => principal)].flatMap((principal) =>
      groupRights(principal, group),
    )
    await this.#admin.createAcls({ acl })
  }

  async revokeGroup(group: string): Promise<void> {
    await this.#remove({ resourceType: Resource.GROUP, resourceName: group, resourcePatternType: Pattern.LITERAL })
  }

  async #grantedGroups(): Promise<readonly string[]> {
    const found = await this.#find({ principal: `User:${ledger}`, resourceType: Resource.GROUP })
    return [...new Set(found.map(({ resourceName }) => resourceName))]
  }

  async #tenants(): Promise<readonly { principal: string; prefix: string }[]> {
    const found = await this.#find({
      resourceType: Resource.TOPIC,
      resourcePatternType: Pattern.PREFIXED,
      operation: Operation.READ,
    })
    return found
      .map(({ principal, resourceName }) => ({ principal: principal.slice('User:'.length), prefix: resourceName }))
      .filter(({ principal }) => !isDedicated(principal))
  }

  async #find(filter: Partial<AclEntry>): Promise<readonly { principal: string; resourceName: string }[]> {
    const { resources } = await this.#admin.describeAcls({ ...anyAcl, ...filter })
    return resources.flatMap(({ resourceName, acls }) => acls.map(({ principal }) => ({ principal, resourceName })))
  }

  async #remove(filter: Partial<AclEntry>): Promise<void> {
    await this.#admin.deleteAcls({ filters: [{ ...anyAcl, ...filter }] })
  }
}

const ledger = 'granted'

const anyAcl = {
  resourceType: Resource.ANY,
  resourcePatternType: Pattern.ANY,
  operation: Operation.ANY,
  permissionType: Permission.ANY,
}

interface Target {
  readonly resourceType: AclResourceTypes
  readonly resourceName: string
  readonly resourcePatternType: ResourcePatternTypes
}

const allow = (principal: string, target: Target, operations: readonly AclOperationTypes[]): AclEntry[] =>
  operations.map((operation) => ({
    ...target,
    operation,
    principal: `User:${principal}`,
    host: '*',
    permissionType: Permission.ALLOW,
  }))

const prefixed = (resourceType: AclResourceTypes, resourceName: string): Target => ({
  resourceType,
  resourceName,
  resourcePatternType: Pattern.PREFIXED,
})

const literal = (resourceType: AclResourceTypes, resourceName: string): Target => ({
  resourceType,
  resourceName,
  resourcePatternType: Pattern.LITERAL,
})

const tenantRights = (principal: string, prefix: string): readonly AclEntry[] => [
  ...allow(principal, prefixed(Resource.TOPIC, prefix), [Operation.READ, Operation.WRITE, Operation.DESCRIBE]),
  ...allow(principal, prefixed(Resource.TRANSACTIONAL_ID, prefix), [Operation.WRITE, Operation.DESCRIBE]),
]

const groupRights = (principal: string, group: string): readonly AclEntry[] =>
  allow(principal, literal(Resource.GROUP, group), [Operation.READ, Operation.DESCRIBE])

/** A dedicated cluster is its customer's own, but for the access control lists, which stay Heroku's. */
const everything = (principal: string): AclEntry[] => [
  ...[Resource.TOPIC, Resource.GROUP, Resource.TRANSACTIONAL_ID].flatMap((type) =>
    allow(principal, literal(type, '*'), [Operation.ALL]),
  ),
  ...allow(principal, literal(Resource.CLUSTER, 'kafka-cluster'), [
    Operation.CREATE,
    Operation.DESCRIBE,
    Operation.DESCRIBE_CONFIGS,
    Operation.IDEMPOTENT_WRITE,
  ]),
]
