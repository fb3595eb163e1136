/** Values looked at in one pair; more is too complex to compare. */
export const MAX_STEPS = 200_000

/** Arrays and objects inside one another. */
export const MAX_DEPTH = 128

/** Octets of a body once its content coding is undone. */
export const MAX_DECODED_BYTES: number = 8 * 1024 * 1024

/** Why a pair cannot be compared; counted under these names. */
export type Reason =
  | 'too_complex' // past MAX_STEPS or MAX_DEPTH
  | 'decoded_too_large' // past MAX_DECODED_BYTES
  | 'bad_encoding' // the content coding is broken or cut off
  | 'unknown_encoding' // a content coding we do not know
  | 'bad_json' // says it is JSON and is not

