/** Rows of texts as CSV (RFC 4180), with a byte order mark so that spreadsheets read it as UTF-8. */
export function csvOf(header, rows) {
  return `\ufeff${[header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}
function cell(text) {
  // A spreadsheet runs what begins like a formula, and messages come from elsewhere.
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
