// The JSON objects of a response that comes line by line, each as soon as it is there.
export async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const parts = (rest + value).split('\n')
    rest = parts.pop()
    for (const part of parts.filter(Boolean)) yield JSON.parse(part)
  }
}
