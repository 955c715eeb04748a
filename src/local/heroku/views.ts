import type { Addon, App } from './records.ts'
import type { Account } from './world.ts'

/** Heroku writes times to the second. */
export const isoTime = (date: Date): string => date.toISOString().replace(/\.\d{3}Z$/, 'Z')

export const isoTimeOrNull = (date: Date | null): string | null => (date === null ? null : isoTime(date))

export const appIdentity = (app: App): { id: string; name: string } => ({ id: app.id, name: app.name })

export const userIdentity = (account: Account): { id: string; email: string } => ({
  id: account.id,
  email: account.email,
})

/** Both exist on the real platform; neither is a choice here. */
export const region = { id: '59accabd-516d-4f0e-83e6-6e3757701145', name: 'us' } as const
export const stack = { id: '69a4e9b1-6b1b-4c3e-8b3b-5b8a3b1f24a0', name: 'heroku-24' } as const
export const cedar = { id: '5b4d0a2c-8d1f-4c9e-9f51-1f6ea6d2c7a4', name: 'cedar' } as const
export const addonService = { id: 'a1c6e4a0-2d0b-4c55-8f3a-0f2f6d9b7e11', name: 'heroku-kafka' } as const

export const addonIdentity = (addon: Addon): { id: string; name: string; app: { id: string; name: string } } => ({
  id: addon.id,
  name: addon.name,
  app: appIdentity(addon.app),
})
