import type { Setting } from '#runtime';

/** The settings of one program as a Markdown table. */
export function referenceOf(title: string, settings: readonly Setting[]): string {
  const rows = settings.map(({ variable, description, allowed, defaultValue, required, secret }) => {
    const fallback = required ? '**required**' : (defaultValue ?? '–');
    return `| \`${variable}\` | ${cell(description)}${secret ? ' (secret)' : ''} | ${cell(allowed)} | ${cell(fallback)} |`;
  });
  return [`## ${title}`, '', '| variable | meaning | allowed | default |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
