export * from './profile.ts'
export * from './profiles.ts'
export * from './new-backup.ts'
export * from './classify.ts'
