import type { Secret } from '../base/secret.ts'

export interface Access {
  readonly url: string
  /** Of the authority that signed the server's certificate, PEM. Undefined where a public one did. */
  readonly authority: string | undefined
  readonly token: Secret
}

/** A kubeconfig, as text. It holds the token: a file of it is for its owner's eyes only. */
export function kubeconfig({ url, authority, token }: Access): string {
  const trust =
    authority === undefined ? [] : [`    certificate-authority-data: ${Buffer.from(authority).toString('base64')}`]
  return [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    '- name: weirkeeper',
    '  cluster:',
    `    server: ${url}`,
    ...trust,
    'users:',
    '- name: weirkeeper',
    '  user:',
    `    token: ${JSON.stringify(token.reveal())}`,
    'contexts:',
    '- name: weirkeeper',
    '  context:',
    '    cluster: weirkeeper',
    '    user: weirkeeper',
    '    namespace: default',
    'current-context: weirkeeper',
    '',
  ].join('\n')
}
