/** A kubeconfig, since `kubectl config view` prints one with `-o jsonpath` and asks no server. */
export const jsonPathObject = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'dev',
  preferences: {},
  clusters: [
    { name: 'far', cluster: { server: 'https://127.0.0.1:2', 'proxy-url': 'http://127.0.0.1:3' } },
    { name: 'local', cluster: { server: 'https://127.0.0.1:1' } },
  ],
  contexts: [
    { name: 'a.b', context: { cluster: 'far', user: 'you' } },
    { name: 'dev', context: { cluster: 'local', user: 'me', namespace: 'team' } },
    { name: 'prod', context: { cluster: 'far', user: 'me' } },
  ],
  users: [{ name: 'me', user: { username: 'someone' } }],
} as const

/** What kubectl prints of it; `json-path.system.ts` asks the real one. */
export const jsonPathCases: readonly (readonly [template: string, text: string])[] = [
  ['{.kind}', 'Config'],
  ['{@.kind}', 'Config'],
  ['{$.kind}', 'Config'],
  ['kind: {.kind}!', 'kind: Config!'],
  ['{.contexts[*].name}', 'a.b dev prod'],
  ['{.contexts[0].name}', 'a.b'],
  ['{.contexts[-1].name}', 'prod'],
  ['{.contexts[0:2].name}', 'a.b dev'],
  ['{.contexts[:1].name}', 'a.b'],
  ['{.contexts[1:].name}', 'dev prod'],
  ['{.contexts[0,2].name}', 'a.b prod'],
  ['{.contexts[::2].name}', 'a.b prod'],
  ["{['current-context']}", 'dev'],
  ['{.contexts[?(@.name=="prod")].context.cluster}', 'far'],
  ["{.contexts[?(@.name=='a.b')].context.user}", 'you'],
  ['{.contexts[?(@.name!="prod")].name}', 'a.b dev'],
  ['{.contexts[?(@.context.namespace)].name}', 'dev'],
  ['{.clusters[?(@.name=="far")].cluster.proxy-url}', 'http://127.0.0.1:3'],
  ['{.nothing.at.all}', ''],
  ['{.contexts[?(@.name=="none")].name}', ''],
  ['{.contexts[1].context}', '{"cluster":"local","namespace":"team","user":"me"}'],
  ['{..server}', 'https://127.0.0.1:2 https://127.0.0.1:1'],
  ['{range .contexts[*]}{.name}{"\\t"}{.context.user}{"\\n"}{end}', 'a.b\tyou\ndev\tme\nprod\tme\n'],
  [
    "{range .clusters[*]}{.name}{'='}{.cluster.server}{';'}{end}done",
    'far=https://127.0.0.1:2;local=https://127.0.0.1:1;done',
  ],
]
