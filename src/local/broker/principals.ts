/**
 * Who is who on the local broker. A certificate's common name is the Kafka
 * principal, but each listener knows only the names meant for it: any other
 * certificate keeps its whole distinguished name, to which nothing is allowed.
 * So a basic tenant gains nothing on the dedicated way in, nor the other way round.
 */
export const owner = 'weirkeeper-owner'

const tenant = 'basic'
const dedicated = 'dedicated'

export const principalFor = (prefix: string | null, id: string): string =>
  `${prefix === null ? dedicated : tenant}-${id}`

export const isDedicated = (principal: string): boolean => principal.startsWith(`${dedicated}-`)

/** `ssl.principal.mapping.rules` of the listeners: Kafka takes the first rule that fits, DEFAULT being the whole name. */
export const mappingRules = {
  owner: mappingRule(owner),
  dedicated: mappingRule(`(?:${owner}|${dedicated}-[^,]+)`),
  basic: mappingRule(`${tenant}-[^,]+`),
} as const

function mappingRule(commonName: string): string {
  return `RULE:^CN=(${commonName})$/$1/,DEFAULT`
}
