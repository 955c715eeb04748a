import { flags } from '@heroku-cli/command'

export const manifest = flags.string({
  char: 'f',
  description: 'manifest, or folder of manifests, to work with directly instead of asking a control plane',
  multiple: true,
})

/** The app that a command is about; a manifest of another app is refused. */
export const app = { app: flags.app({ required: true }), remote: flags.remote() }

export const json = flags.boolean({ description: 'output in json format' })
