import type {Replay} from './replay.ts'

/** Everything that was recorded, and what is said about it. */
export interface Account {
  /** Recordings that there are, by their file without the extension. */
  readonly recordings: readonly string[]
  readonly replays: readonly Replay[]
  /** Why a whole recording is not replayed, by recording. */
  readonly notReplayed: Readonly<Record<string, string>>
}

/** What does not add up: a recording that nobody plays or explains, a reason for what is not there. */
export function complaints({recordings, replays, notReplayed}: Account): readonly string[] {
  const played = replays.map(replay => replay.recording)
  return [
    ...recordings
      .filter(each => !played.includes(each) && !Object.hasOwn(notReplayed, each))
      .map(each => `${each} is neither replayed nor explained`),
    ...played.filter(each => !recordings.includes(each)).map(each => `${each} is replayed and was never recorded`),
    ...played.filter((each, at) => played.indexOf(each) !== at).map(each => `${each} is replayed twice`),
    ...Object.keys(notReplayed)
      .filter(each => played.includes(each))
      .map(each => `${each} is explained although it is replayed`),
    ...replays.flatMap(unknownCases),
    ...replays
      .filter(({cases, unplayable}) => cases.every(({name}) => Object.hasOwn(unplayable, name)))
      .map(({recording}) => `not one case of ${recording} is played`),
  ]
}

function unknownCases({recording, cases, unplayable}: Replay): readonly string[] {
  return Object.keys(unplayable)
    .filter(name => !cases.some(each => each.name === name))
    .map(name => `${recording} has no case ${name}, which is said to be unplayable`)
}
