/** Places by the name of a codec: JSON Pointers, `*` for any key or index. `json` is for every codec that is not named. */
type Places = ReadonlyMap<string, readonly string[]>

const places = (entries: Readonly<Record<string, readonly string[]>>): Places => new Map(Object.entries(entries))

// what one row of predictions is called by those who serve it
const LABELS = ['label', 'class', 'predicted_label', 'predicted_class', 'prediction', 'category']
const SCORES = ['probabilities', 'probs', 'scores', 'class_probabilities', 'softmax']
const VALUES = ['value', 'score', 'price', 'prediction', 'output']
const BOXES = ['boxes', 'detections', 'objects', 'predictions']
const RANKINGS = ['ranking', 'results', 'items', 'recommendations', 'documents', 'hits']
const under = (prefix: string, names: readonly string[]): readonly string[] => names.map((name) => `${prefix}/${name}`)

/** What may be named in place of a pointer: where each kind of answer has it. Values of another type than a fault is for are skipped by it. */
export const ALIASES: ReadonlyMap<string, Places> = new Map([
  // a class: text, number or truth value
  ['label', places({
    'kserve-v1': [...under('/predictions/*', LABELS), '/results/*/label', '/outputs/*/label'],
    json: [...under('', LABELS), ...under('/predictions/*', LABELS), ...under('/*', LABELS)]
  })],
  // an array of probabilities, or an object of them by class
  ['scores', places({
    'kserve-v1': [...under('/predictions/*', SCORES), ...under('/outputs/*', SCORES)],
    'open-inference': ['/outputs/*/data'],
    json: [...under('', SCORES), ...under('/predictions/*', SCORES), ...under('/*', SCORES)]
  })],
  // a number that is predicted
  ['value', places({
    'kserve-v1': ['/predictions/*/value', '/predictions/*/score', '/predictions/*/price', '/predictions/*/prediction', '/predictions/*/output'],
    'open-inference': ['/outputs/*/data/*'],
    json: [...under('', VALUES), ...under('/predictions/*', VALUES)]
  })],
  // an array of numbers, or its base64 as OpenAI has it
  ['embedding', places({
    'openai-embeddings': ['/data/*/embedding'],
    ollama: ['/embeddings/*', '/embedding'],
    json: ['/embedding', '/embeddings/*', '/data/*/embedding', '/predictions/*/embedding', '/vector']
  })],
  // an array whose order says what is best
  ['ranking', places({
    rerank: ['/results', '/data'],
    json: under('', RANKINGS)
  })],
  // an array of detected objects
  ['boxes', places({
    'kserve-v1': under('/predictions/*', BOXES),
    json: [...under('', BOXES), ...under('/predictions/*', BOXES)]
  })],
  // what a language model has written
  ['text', places({
    'openai-chat': ['/choices/*/message/content'],
    'openai-completions': ['/choices/*/text'],
    'openai-responses': ['/output/*/content/*/text'],
    'anthropic-messages': ['/content/*/text'],
    ollama: ['/message/content', '/response'],
    json: ['/text', '/generated_text', '/*/generated_text', '/output', '/content']
  })],
  // the list of a message's tool calls, or of blocks that may be some
  ['tool-calls', places({
    'openai-chat': ['/choices/*/message/tool_calls'],
    'openai-responses': ['/output'],
    'anthropic-messages': ['/content'],
    ollama: ['/message/tool_calls'],
    json: ['/tool_calls']
  })],
  // why a language model has stopped
  ['finish-reason', places({
    'openai-chat': ['/choices/*/finish_reason'],
    'openai-completions': ['/choices/*/finish_reason'],
    'openai-responses': ['/status'],
    'anthropic-messages': ['/stop_reason'],
    ollama: ['/done_reason'],
    json: ['/finish_reason', '/stop_reason']
  })],
  // an object of numbers of tokens
  ['usage', places({ json: ['/usage'] })],
  // the rows of a batch
  ['rows', places({
    'kserve-v1': ['/predictions', '/results', '/outputs'],
    'open-inference': ['/outputs/*/data'],
    'openai-embeddings': ['/data'],
    rerank: ['/results', '/data'],
    json: ['/predictions', '/results', '/outputs', '/data']
  })]
])
