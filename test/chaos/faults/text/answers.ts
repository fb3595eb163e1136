/** Answers of language models, each with numbers and ids around the text that parsing would not keep. */

export const chat = (content: string, more = ''): string =>
  `{"id":"chatcmpl-1","object":"chat.completion","created":12345678901234567890,"model":"small","choices":[{"index":0,"message":{"role":"assistant","content":${JSON.stringify(content)}${more}},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":7,"total_tokens":17},"cost":0.1000}`

export const responses = (text: string): string =>
  `{"id":"resp_1","object":"response","created_at":1.0,"status":"completed","incomplete_details":null,"model":"small","output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":${JSON.stringify(text)},"annotations":[],"logprobs":[]}]}],"usage":{"input_tokens":10,"output_tokens":7,"total_tokens":17,"output_tokens_details":{"reasoning_tokens":3}}}`

export const anthropic = (text: string): string =>
  `{"id":"msg_1","type":"message","role":"assistant","model":"small","content":[{"type":"text","text":${JSON.stringify(text)}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":7}}`

export const ollama = (content: string): string =>
  `{"model":"small","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":${JSON.stringify(content)}},"done":true,"done_reason":"stop","total_duration":12345678901234567890,"prompt_eval_count":10,"eval_count":7}`

export const completion = (...texts: readonly string[]): string =>
  `{"id":"cmpl-1","object":"text_completion","created":1.0,"model":"small","choices":[${texts.map((text, i) => `{"text":${JSON.stringify(text)},"index":${i},"logprobs":{"tokens":["a"]},"finish_reason":"stop"}`).join(',')}]}`

/** What is said in the first choice of a chat completion. */
export const said = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as { choices: { message: { content: string } }[] }).choices[0]!.message.content
