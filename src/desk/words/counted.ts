/** "1 item", "12,345 items", by locale. */
export function counted(locale: string, n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString(locale)} ${n === 1 ? one : many}`;
}
