import { Command, flags as heroku } from '@heroku-cli/command'
import { Args } from '@oclif/core'
import { app } from '../../lib/flags.js'
import { act, namedOn } from '../../lib/weir.js'

export default class Scale extends Command {
  static topic = 'streams'
  static description = 'say how many dynos a stream app of the control plane has'
  static args = { name: Args.string({ description: 'name of the stream app; the one that runs on the app unless given' }) }
  static examples = ['$ heroku streams:scale word-count --dynos 3 --app example-app']
  static flags = { ...app, dynos: heroku.string({ description: 'how many', required: true }) }

  async run() {
    const { args, flags } = await this.parse(Scale)
    const target = await namedOn(this, { name: args.name, app: flags.app })
    await act(this, `Scaling ${target[0]} to ${flags.dynos}`, ['scale', ...target, '--dynos', flags.dynos])
  }
}
