import { Command, flags as heroku } from '@heroku-cli/command'
import { hux } from '@heroku/heroku-cli-util'
import { Args, ux } from '@oclif/core'
import { app, manifest } from '../../lib/flags.js'
import { target, weirOrExit } from '../../lib/weir.js'

export default class Destroy extends Command {
  static topic = 'streams'
  static description = 'take away what a stream app made, as its deletion policy says'
  static args = { name: Args.string({ description: 'name of the stream app; the name of the app unless given' }) }
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
    await hux.confirmCommand({
      comparison: flags.app,
      confirmation: flags.confirm,
      warningMessage: `Workers, settings, consumer group and internal topics of the stream app on ${flags.app} go away.`,
    })
    ux.action.start(`Destroying the stream app on ${flags.app}`)
    const stdout = await weirOrExit(
      this,
      ['delete', ...target(flags, args.name ?? flags.app), '--confirm', flags.app],
      { capture: true },
    )
    ux.action.stop()
    ux.stdout(stdout)
  }
}
