import { Command, flags as heroku } from '@heroku-cli/command'
import { Args, ux } from '@oclif/core'
import { app } from '../../lib/flags.js'
import { weirOrExit } from '../../lib/weir.js'

export default class Scale extends Command {
  static topic = 'streams'
  static description = 'say how many dynos a stream app of the control plane has'
  static args = { name: Args.string({ description: 'name of the stream app; the name of the app unless given' }) }
  static examples = ['$ heroku streams:scale word-count --dynos 3 --app example-app']
  static flags = { ...app, dynos: heroku.string({ description: 'how many', required: true }) }

  async run() {
    const { args, flags } = await this.parse(Scale)
    const name = args.name ?? flags.app
    ux.action.start(`Scaling ${name} to ${flags.dynos}`)
    const stdout = await weirOrExit(this, ['scale', name, '--dynos', flags.dynos], { capture: true })
    ux.action.stop()
    ux.stdout(stdout)
  }
}
