import { Command, flags as heroku } from '@heroku-cli/command'
import { app, manifest } from '../../lib/flags.js'
import { act } from '../../lib/weir.js'

export default class Apply extends Command {
  static topic = 'streams'
  static description = 'make topics, consumer group, settings and dynos match manifests'
  static examples = [
    '$ heroku streams:apply --manifest word-count.yaml --app example-app',
    '$ heroku streams:apply --manifest word-count.yaml --wait --app example-app',
    '$ heroku streams:apply --manifest word-count.yaml --control-plane --app example-app',
  ]
  static flags = {
    ...app,
    manifest: { ...manifest, required: true },
    wait: heroku.boolean({ description: 'wait until every dyno runs' }),
    'control-plane': heroku.boolean({ description: 'declare it to the control plane of the kubeconfig' }),
    confirm: heroku.string({ description: 'agree to a loss of records: the hash that the plan shows, or the app' }),
  }

  async run() {
    const { flags } = await this.parse(Apply)
    const files = flags.manifest.flatMap((file) => ['-f', file])
    const words = [
      ...(flags['control-plane'] ? [] : ['--direct']),
      ...(flags.wait ? ['--wait'] : []),
      ...(flags.confirm === undefined || flags['control-plane'] ? [] : ['--confirm', flags.confirm]),
    ]
    const doing = `Applying ${flags.manifest.join(', ')} to ${flags.app}`
    await act(this, doing, ['apply', ...files, ...words, '--only-app', flags.app])
  }
}
