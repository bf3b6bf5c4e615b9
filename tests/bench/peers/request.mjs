// What the contestants from npm share: the request, as JSON on the command line, and the loop: each
// line N of standard input is answered with the nanoseconds of processor time that N requests took.
import { createInterface } from "node:readline";

export const given = JSON.parse(process.argv[2]);
export const { region, host, path, date, access_key, secret_key } = given;
export const instant = new Date(date.replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
export const body = () => JSON.stringify(given.body);

function show({ headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  console.log([`POST ${path} HTTP/1.1`, ...lines, "", body].join("\n"));
}

export async function compete(once) { // once: makes one request, {headers, body}
  show(await once());
  for await (const line of createInterface({ input: process.stdin })) {
    const start = process.cpuUsage();
    for (let n = Number(line); n > 0; n--) await once();
    const { user, system } = process.cpuUsage(start);
    console.log(1000 * (user + system));
  }
}
