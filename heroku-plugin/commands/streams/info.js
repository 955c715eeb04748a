import { Command } from '@heroku-cli/command'
import { Args } from '@oclif/core'
import { app, json, manifest } from '../../lib/flags.js'
import { direct, namedOn, weirOrExit } from '../../lib/weir.js'

export default class Info extends Command {
  static topic = 'streams'
  static description = 'show topics, consumer group, dynos and conditions of a stream app'
  static args = { name: Args.string({ description: 'name of the stream app; the one that runs on the app unless given' }) }
  static examples = [
    '$ heroku streams:info word-count --app example-app',
    '$ heroku streams:info --manifest word-count.yaml --json --app example-app',
  ]
  static flags = { ...app, manifest, json }

  async run() {
    const { args, flags } = await this.parse(Info)
    const target =
      flags.manifest === undefined ? await namedOn(this, { name: args.name, app: flags.app }) : direct(flags)
    await weirOrExit(this, ['describe', ...target, ...(flags.json ? ['-o', 'json'] : [])])
  }
}
