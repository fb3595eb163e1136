import { type RegisteredFault, registerFault } from '../fault.ts'
import { boxBackground } from './boxes/box-background.ts'
import { boxClassAndShift } from './boxes/box-class-and-shift.ts'
import { boxClass } from './boxes/box-class.ts'
import { boxDuplicate } from './boxes/box-duplicate.ts'
import { boxMiss } from './boxes/box-miss.ts'
import { boxShift } from './boxes/box-shift.ts'
import { embeddingDrop } from './embeddings/embedding-drop.ts'
import { embeddingNorm } from './embeddings/embedding-norm.ts'
import { embeddingQuantise } from './embeddings/embedding-quantise.ts'
import { embeddingRotate } from './embeddings/embedding-rotate.ts'
import { embeddingTruncate } from './embeddings/embedding-truncate.ts'
import { embeddingVersionSwap } from './embeddings/embedding-version-swap.ts'
import { classBias } from './labels/class-bias.ts'
import { clipProbabilities } from './labels/clip-probabilities.ts'
import { denormalise } from './labels/denormalise.ts'
import { dirichlet } from './labels/dirichlet.ts'
import { labelFlip } from './labels/label-flip.ts'
import { mixProbabilities } from './labels/mix-probabilities.ts'
import { temperature } from './labels/temperature.ts'
import { thresholdShift } from './labels/threshold-shift.ts'
import { clipNumber } from './numbers/clip-number.ts'
import { lag } from './numbers/lag.ts'
import { noise } from './numbers/noise.ts'
import { quantise } from './numbers/quantise.ts'
import { signError } from './numbers/sign-error.ts'
import { stuck } from './numbers/stuck.ts'
import { unitError } from './numbers/unit-error.ts'
import { dropField } from './payload/drop-field.ts'
import { dropRows } from './payload/drop-rows.ts'
import { extraField } from './payload/extra-field.ts'
import { freeze } from './payload/freeze.ts'
import { nonFinite } from './payload/non-finite.ts'
import { nullField } from './payload/null-field.ts'
import { renameField } from './payload/rename-field.ts'
import { retypeField } from './payload/retype-field.ts'
import { rotateRows } from './payload/rotate-rows.ts'
import { shuffleRows } from './payload/shuffle-rows.ts'
import { stale } from './payload/stale.ts'
import { rankingDropTop } from './rankings/ranking-drop-top.ts'
import { rankingDuplicates } from './rankings/ranking-duplicates.ts'
import { rankingMallows } from './rankings/ranking-mallows.ts'
import { rankingPromote } from './rankings/ranking-promote.ts'
import { rankingSwaps } from './rankings/ranking-swaps.ts'
import { rankingTruncate } from './rankings/ranking-truncate.ts'
import { coalesceEvents } from './streams/coalesce-events.ts'
import { corruptEvent } from './streams/corrupt-event.ts'
import { cutArguments } from './streams/cut-arguments.ts'
import { cutStream } from './streams/cut-stream.ts'
import { dropEvents } from './streams/drop-events.ts'
import { dropFinish } from './streams/drop-finish.ts'
import { dropMarker } from './streams/drop-marker.ts'
import { dropUsage } from './streams/drop-usage.ts'
import { duplicateEvents } from './streams/duplicate-events.ts'
import { errorEvent } from './streams/error-event.ts'
import { eventGaps } from './streams/event-gaps.ts'
import { firstEventDelay } from './streams/first-event-delay.ts'
import { keepAliveOnly } from './streams/keep-alive-only.ts'
import { reorderEvents } from './streams/reorder-events.ts'
import { resplit } from './streams/resplit.ts'
import { stall } from './streams/stall.ts'
import { breakFormat } from './text/break-format.ts'
import { dropLogprobs } from './text/drop-logprobs.ts'
import { dropSentences } from './text/drop-sentences.ts'
import { dropWords } from './text/drop-words.ts'
import { emptyText } from './text/empty-text.ts'
import { finishReason } from './text/finish-reason.ts'
import { modelName } from './text/model-name.ts'
import { negate } from './text/negate.ts'
import { perturbNumbers } from './text/perturb-numbers.ts'
import { refusal } from './text/refusal.ts'
import { repeatText } from './text/repeat-text.ts'
import { toolCall } from './text/tool-call.ts'
import { truncateText } from './text/truncate-text.ts'
import { typos } from './text/typos.ts'
import { usageSkew } from './text/usage-skew.ts'
import { abort } from './transport/abort.ts'
import { bandwidth } from './transport/bandwidth.ts'
import { delay } from './transport/delay.ts'
import { dribble } from './transport/dribble.ts'
import { empty } from './transport/empty.ts'
import { garbage } from './transport/garbage.ts'
import { hang } from './transport/hang.ts'
import { malformedChunk } from './transport/malformed-chunk.ts'
import { quota } from './transport/quota.ts'
import { reset } from './transport/reset.ts'
import { slowClose } from './transport/slow-close.ts'
import { truncate } from './transport/truncate.ts'

/** Every `kind` a fault may have. */
export const faults: readonly RegisteredFault[] = [
  // connections and whole answers
  registerFault('abort', abort),
  registerFault('delay', delay),
  registerFault('empty', empty),
  registerFault('garbage', garbage),
  registerFault('hang', hang),
  registerFault('malformed-chunk', malformedChunk),
  registerFault('quota', quota),
  registerFault('reset', reset),
  registerFault('bandwidth', bandwidth),
  registerFault('dribble', dribble),
  registerFault('slow-close', slowClose),
  registerFault('truncate', truncate),
  // classes and probabilities
  registerFault('class-bias', classBias),
  registerFault('clip-probabilities', clipProbabilities),
  registerFault('denormalise', denormalise),
  registerFault('dirichlet', dirichlet),
  registerFault('label-flip', labelFlip),
  registerFault('mix-probabilities', mixProbabilities),
  registerFault('temperature', temperature),
  registerFault('threshold-shift', thresholdShift),
  // numbers
  registerFault('clip-number', clipNumber),
  registerFault('lag', lag),
  registerFault('noise', noise),
  registerFault('quantise', quantise),
  registerFault('sign-error', signError),
  registerFault('stuck', stuck),
  registerFault('unit-error', unitError),
  // embeddings
  registerFault('embedding-drop', embeddingDrop),
  registerFault('embedding-norm', embeddingNorm),
  registerFault('embedding-quantise', embeddingQuantise),
  registerFault('embedding-rotate', embeddingRotate),
  registerFault('embedding-truncate', embeddingTruncate),
  registerFault('embedding-version-swap', embeddingVersionSwap),
  // rankings
  registerFault('ranking-drop-top', rankingDropTop),
  registerFault('ranking-duplicates', rankingDuplicates),
  registerFault('ranking-mallows', rankingMallows),
  registerFault('ranking-promote', rankingPromote),
  registerFault('ranking-swaps', rankingSwaps),
  registerFault('ranking-truncate', rankingTruncate),
  // boxes
  registerFault('box-background', boxBackground),
  registerFault('box-class', boxClass),
  registerFault('box-class-and-shift', boxClassAndShift),
  registerFault('box-duplicate', boxDuplicate),
  registerFault('box-miss', boxMiss),
  registerFault('box-shift', boxShift),
  // texts and tool calls of language models
  registerFault('break-format', breakFormat),
  registerFault('drop-logprobs', dropLogprobs),
  registerFault('drop-sentences', dropSentences),
  registerFault('drop-words', dropWords),
  registerFault('empty-text', emptyText),
  registerFault('finish-reason', finishReason),
  registerFault('model-name', modelName),
  registerFault('negate', negate),
  registerFault('perturb-numbers', perturbNumbers),
  registerFault('refusal', refusal),
  registerFault('repeat-text', repeatText),
  registerFault('tool-call', toolCall),
  registerFault('truncate-text', truncateText),
  registerFault('typos', typos),
  registerFault('usage-skew', usageSkew),
  // any JSON
  registerFault('drop-field', dropField),
  registerFault('drop-rows', dropRows),
  registerFault('extra-field', extraField),
  registerFault('freeze', freeze),
  registerFault('non-finite', nonFinite),
  registerFault('null-field', nullField),
  registerFault('rename-field', renameField),
  registerFault('retype-field', retypeField),
  registerFault('rotate-rows', rotateRows),
  registerFault('shuffle-rows', shuffleRows),
  registerFault('stale', stale),
  // streams
  registerFault('coalesce-events', coalesceEvents),
  registerFault('corrupt-event', corruptEvent),
  registerFault('cut-arguments', cutArguments),
  registerFault('cut-stream', cutStream),
  registerFault('drop-events', dropEvents),
  registerFault('drop-finish', dropFinish),
  registerFault('drop-marker', dropMarker),
  registerFault('drop-usage', dropUsage),
  registerFault('duplicate-events', duplicateEvents),
  registerFault('error-event', errorEvent),
  registerFault('event-gaps', eventGaps),
  registerFault('first-event-delay', firstEventDelay),
  registerFault('keep-alive-only', keepAliveOnly),
  registerFault('reorder-events', reorderEvents),
  registerFault('resplit', resplit),
  registerFault('stall', stall)
]
