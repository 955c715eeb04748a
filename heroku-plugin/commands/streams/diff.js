import { Command } from '@heroku-cli/command'
import { ux } from '@oclif/core'
import { app, manifest } from '../../lib/flags.js'
import { direct, weir } from '../../lib/weir.js'

export default class Diff extends Command {
  static topic = 'streams'
  static description = 'show what is against what manifests ask for; ends with 1 where they differ'
  static examples = ['$ heroku streams:diff --manifest word-count.yaml --app example-app']
  static flags = { ...app, manifest: { ...manifest, required: true } }

  async run() {
    const { flags } = await this.parse(Diff)
    const { code, stdout } = await weir(this, ['diff', ...direct(flags)], { capture: true })
    if (code === 0) ux.stdout('No differences.')
    else if (stdout !== '') ux.stdout(stdout.trimEnd())
    if (code !== 0) this.exit(code)
  }
}
