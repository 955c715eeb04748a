import { Command } from '@heroku-cli/command'
import { Args } from '@oclif/core'
import { app, manifest } from '../../lib/flags.js'
import { target, weirOrExit } from '../../lib/weir.js'

export default class Info extends Command {
  static topic = 'streams'
  static description = 'show topics, consumer group, dynos and conditions of a stream app'
  static args = { name: Args.string({ description: 'name of the stream app; the name of the app unless given' }) }
  static examples = [
    '$ heroku streams:info word-count --app example-app',
    '$ heroku streams:info --manifest word-count.yaml --app example-app',
  ]
  static flags = { ...app, manifest }

  async run() {
    const { args, flags } = await this.parse(Info)
    await weirOrExit(this, ['describe', ...target(flags, args.name ?? flags.app)])
  }
}
