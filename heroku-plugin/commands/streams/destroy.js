import { Command, flags as heroku } from '@heroku-cli/command'
import { hux } from '@heroku/heroku-cli-util'
import { Args } from '@oclif/core'
import { app, manifest } from '../../lib/flags.js'
import { act, direct, namedOn } from '../../lib/weir.js'

export default class Destroy extends Command {
  static topic = 'streams'
  static description = 'take away what a stream app made, as its deletion policy says'
  static args = { name: Args.string({ description: 'name of the stream app; the one that runs on the app unless given' }) }
  static examples = [
    '$ heroku streams:destroy word-count --app example-app',
    '$ heroku streams:destroy --manifest word-count.yaml --confirm example-app --app example-app',
  ]
  static flags = {
    ...app,
    manifest,
    confirm: heroku.string({ char: 'c', description: 'name of the app, to agree without being asked' }),
  }

  async run() {
    const { args, flags } = await this.parse(Destroy)
    const target =
      flags.manifest === undefined ? await namedOn(this, { name: args.name, app: flags.app }) : direct(flags)
    await hux.confirmCommand({
      comparison: flags.app,
      confirmation: flags.confirm,
      warningMessage: `Workers, settings, consumer group and internal topics of the stream app on ${flags.app} go away, and topics of yours with their records where its deletionPolicy says topics: Delete.`,
    })
    await act(this, `Destroying the stream app on ${flags.app}`, ['delete', ...target, '--confirm', flags.app])
  }
}
