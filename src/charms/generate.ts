import {join} from 'node:path'
import {writeOrCheck, type GeneratedFiles} from '../api/generated-files.ts'
import {charmsPage} from './docs.ts'
import {genericProfile} from './generic/profile.ts'
import {supportedCharms} from './profiles.ts'
import {withoutBackups} from './without-backups.ts'

/** docs/charms.md */
export function generatedFiles(): GeneratedFiles {
  return new Map([['docs/charms.md', charmsPage(supportedCharms, withoutBackups, genericProfile)]])
}

if (import.meta.main) void writeOrCheck(generatedFiles(), join(import.meta.dirname, '../..'), 'src/charms')
