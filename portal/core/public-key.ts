/** One OpenSSH line: the type, the base64 of a blob that names the same type first, and perhaps a comment. */
const LINE = /^((?:ssh|ecdsa|sk)-[\w.@-]+) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n]*)?$/;

export function isPublicKey(text: string): boolean {
  const [, type = '', blob = ''] = LINE.exec(text) ?? [];
  // The blob begins with the length of the type's name in four bytes, and the name.
  return type !== '' && beginningOf(blob, type.length + 4) === `\0\0\0${String.fromCharCode(type.length)}${type}`;
}

function beginningOf(base64: string, length: number): string {
  try {
    return atob(base64).slice(0, length);
  } catch {
    return '';
  }
}
