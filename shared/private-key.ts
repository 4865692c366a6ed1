// PEM of all kinds, OpenSSH's own format (base64 of its magic `openssh-key-v1`), PuTTY's.
const PRIVATE = /PRIVATE KEY-----|b3BlbnNzaC1rZXktdjE|PuTTY-User-Key-File/;

/** Whether the text holds a private key, whole or in part: it must not be repeated, stored or logged. */
export function holdsPrivateKey(text: string): boolean {
  return PRIVATE.test(text);
}
