import { readReply } from './reply.ts';
/** One request to the function. Never throws: no answer is a reply too. */
export async function ask(fields, { url, token }, fetch = globalThis.fetch) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(fields),
      redirect: 'error',
    });
    const requestId = response.headers.get('x-acs-request-id') ?? response.headers.get('x-fc-request-id') ?? '';
    const date = response.headers.get('date');
    return readReply({ status: response.status, requestId, date, text: await response.text() });
  } catch (error) {
    return { kind: 'silence', url, message: error instanceof Error ? error.message : String(error) };
  }
}
