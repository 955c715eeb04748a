import type { Command } from 'commander'
import { dump } from 'js-yaml'
import type { CliCommand, Given } from '../command.ts'
import { exitCodes } from '../exit-code.ts'
import { loadStreamApps, onlyForControlPlane } from '../load-stream-apps.ts'
import { filesGiven, sayMistakes, withFiles } from '../validate.ts'
import { exportedApp, type ExportedApp } from './exported-app.ts'
import { herokuScript } from './heroku-script.ts'
import { kubernetesObjects } from './kubernetes.ts'

interface Export {
  readonly name: string
  readonly example: string
  readonly options: (command: Command) => void
  /** The text, or what is missing on the command line. */
  readonly render: (
    apps: readonly ExportedApp[],
    given: Given,
  ) => { readonly text: string } | { readonly wrong: string }
}

/** Reads manifests and writes them in another system's words. Asks nobody, changes nothing. */
function exportCommand({ name, example, options, render }: Export): CliCommand {
  return {
    define: (command) => {
      options(withFiles(command).addHelpText('after', `\nExample:\n  ${example}`))
    },
    run: async (given, around) => {
      const loaded = await loadStreamApps(filesGiven(given.options), around)
      const errors = [...loaded.errors, ...loaded.gitSources.map(onlyForControlPlane)]
      const say = (text: string): void => around.stderr.write(`weir export ${name}: ${text}\n`)
      if (loaded.files.length === 0) say('name at least one manifest: -f FILE, -f FOLDER, or -f - for what is piped in')
      if (errors.length > 0) sayMistakes({ ...loaded, errors, warnings: [] }, around)
      if (errors.length > 0 || loaded.files.length === 0) return exitCodes.invalid
      const exported = loaded.apps.map(({ app, checked }) => ({ app, made: exportedApp(app, checked.summary) }))
      for (const { app, made } of exported)
        if (!made.ok) for (const question of made.error) say(`StreamApp/${app.metadata.name}: ${question}`)
      if (exported.some(({ made }) => !made.ok)) return exitCodes.invalid
      const rendered = render(
        exported.flatMap(({ made }) => (made.ok ? [made.value] : [])),
        given,
      )
      if ('wrong' in rendered) {
        say(rendered.wrong)
        return exitCodes.invalid
      }
      around.stdout.write(rendered.text)
      return exitCodes.ok
    },
  }
}

/** `weir export script`: the way out, as `heroku` commands. */
export const exportScript = exportCommand({
  name: 'script',
  example: 'weir export script -f manifests/word-count.yaml > set-up.sh',
  options: () => {},
  render: (apps) => ({ text: apps.map(herokuScript).join('\n') }),
})

/** `weir export kubernetes`: Strimzi's topics, a Deployment and KEDA's ScaledObject. */
export const exportKubernetes = exportCommand({
  name: 'kubernetes',
  example:
    'weir export kubernetes -f manifests/word-count.yaml --image registry.example.com/word-count:1 | kubectl apply -f -',
  options: (command) =>
    command
      .option('--image <image>', 'container image of the workers')
      .option('--cluster <name>', "Strimzi's name of the Kafka cluster", 'kafka')
      .option('--bootstrap <host:port>', 'its brokers; those of Strimzi unless given')
      .option('-n, --namespace <name>', 'namespace', 'default'),
  render: (apps, { options }) => {
    const { image, cluster, bootstrap, namespace } = options
    if (typeof image !== 'string')
      return { wrong: 'say the image of the workers: --image registry.example.com/word-count:1' }
    const target = {
      image,
      cluster: String(cluster),
      bootstrap: typeof bootstrap === 'string' ? bootstrap : `${String(cluster)}-kafka-bootstrap:9092`,
      namespace: String(namespace),
    }
    const objects = apps.flatMap((app) => kubernetesObjects(app, target))
    return { text: objects.map((object) => dump(object, { lineWidth: -1, noRefs: true })).join('---\n') }
  },
})
