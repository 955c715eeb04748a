import type { CommandRow } from './command.ts'

/** Every command, in the order in which `weir --help` lists them. One line each. */
export const commandTable: readonly CommandRow[] = [
  {
    words: 'validate',
    summary: 'check manifests, offline',
    load: async () => (await import('./validate.ts')).validate,
  },
  {
    words: 'explain',
    summary: 'say what a field of a manifest means',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    words: 'plan',
    summary: 'show what an apply would do, and what each change does to what runs',
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    words: 'diff',
    summary: 'show what is against what is asked for; exits 0, 1 where they differ, 2 or more on an error',
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    words: 'apply',
    summary: 'make Heroku and Kafka match the manifests',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    words: 'get',
    summary: 'one line for each StreamApp: ready, dynos, tasks, lag; or objects of another kind',
    load: async () => (await import('./get.ts')).get,
  },
  {
    words: 'describe',
    summary: 'everything there is to see of each StreamApp',
    load: async () => (await import('./describe.ts')).describe,
  },
  {
    words: 'delete',
    summary: 'take away what a StreamApp made, as its deletion policy says',
    load: async () => (await import('./delete.ts')).remove,
  },
  {
    words: 'wait',
    summary: 'wait until a StreamApp of the control plane is as asked, or gone',
    load: async () => (await import('./wait.ts')).wait,
  },
  {
    words: 'events',
    summary: 'what happened to a StreamApp of the control plane',
    load: async () => (await import('./events.ts')).events,
  },
  {
    words: 'logs',
    summary: 'what the workers print',
    load: async () => (await import('./logs.ts')).logs,
  },
  {
    words: 'lag',
    summary: 'how far behind the group is, partition by partition',
    load: async () => (await import('./lag.ts')).lag,
  },
  {
    words: 'top',
    summary: 'dynos, tasks, group and lag of each StreamApp on one screen',
    load: async () => (await import('./top.ts')).top,
  },
  {
    words: 'scale',
    summary: 'say how many dynos a StreamApp of the control plane has',
    load: async () => (await import('./scale.ts')).scale,
  },
  {
    words: 'suspend',
    summary: 'let the control plane look and change nothing, for a while',
    load: async () => (await import('./suspend.ts')).suspend,
  },
  {
    words: 'resume',
    summary: 'let the control plane go on',
    load: async () => (await import('./suspend.ts')).resume,
  },
  {
    words: 'api-resources',
    summary: 'the kinds that the control plane serves',
    load: async () => (await import('./api-resources.ts')).apiResources,
  },
  {
    words: 'import app',
    summary: 'write the manifest of an app that runs by hand; changes nothing',
    load: async () => (await import('./import/import-app.ts')).importApp,
  },
  {
    words: 'import script',
    summary: 'write the manifest that a script of heroku commands amounts to',
    load: async () => (await import('./import/import-script.ts')).importScript,
  },
  {
    words: 'export script',
    summary: 'write manifests as heroku commands',
    load: async () => (await import('./export/export-command.ts')).exportScript,
  },
  {
    words: 'export kubernetes',
    summary: "write manifests as Strimzi's topics, a Deployment and KEDA's ScaledObject",
    load: async () => (await import('./export/export-command.ts')).exportKubernetes,
  },
  {
    words: 'export crd',
    summary: 'write our kinds as CustomResourceDefinitions',
    load: async () => (await import('./export/export-crd.ts')).exportCrd,
  },
  {
    words: 'config view',
    summary: 'which control plane is asked, and as whom',
    load: async () => (await import('./config.ts')).configView,
  },
  {
    words: 'config use',
    summary: 'choose another context of the kubeconfig',
    load: async () => (await import('./config.ts')).configUse,
  },
  {
    words: 'doctor',
    summary: 'look at login, app, add-on, certificates and clock, and say what to do',
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
  {
    words: 'init',
    summary: 'begin a stream app: manifest, Procfile and, with --ts, a topology that runs',
    load: async () => (await import('./init.ts')).init,
  },
  {
    words: 'install',
    summary: 'make a control plane at Heroku: app, Postgres, settings, two dynos',
    load: async () => (await import('./install/install.ts')).install,
  },
  {
    words: 'uninstall',
    summary: 'take a control plane away again; what it kept level stays',
    load: async () => (await import('./install/uninstall.ts')).uninstall,
  },
  {
    words: 'completion',
    summary: 'print the completion script of a shell',
    load: async () => (await import('./completion.ts')).completionOf([...commandTable, ...elsewhere]),
  },
  {
    words: 'topology describe',
    summary: 'print the topology of a TypeScript file as Topology#describe() does',
    load: async () => (await import('./topology-describe.ts')).topologyDescribe,
  },
]

/** Ways in that `bin/weir` answers itself. */
export const elsewhere: readonly Pick<CommandRow, 'words' | 'summary'>[] = [
  { words: 'dev', summary: 'start the local platform: a Kafka broker and a Heroku emulator' },
  { words: 'clock', summary: 'run the controller; what the clock dyno runs' },
  { words: 'web', summary: 'run the API; what the web dyno runs' },
  { words: 'worker', summary: 'run the topology of a TypeScript file; what a worker dyno runs' },
  { words: 'verify', summary: 'prove the controller on a manifest: thousands of faults, and all must converge' },
]
