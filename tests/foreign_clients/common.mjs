// What the clients that are only signers share: the request, and how it is sent.
import { readFileSync } from "node:fs";
import { request } from "node:http";

const { env } = process;
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => "%" + c.charCodeAt(0).toString(16).toUpperCase());
const [instance, contact, name] = process.argv.slice(2);

export const keys = {
  accessKeyId: env.AWS_ACCESS_KEY_ID,
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
  sessionToken: env.AWS_SESSION_TOKEN || undefined,
};
export const region = env.AWS_REGION;
export const url = new URL(env.AWS_ENDPOINT_URL_CONNECT);
export const path = `/contacts/${encode(instance)}/${encode(contact)}`;
export const body = JSON.stringify({
  Name: name, References: { link: { Type: "URL", Value: "https://example.com/?a=b" } },
});

export function printVersion(module) {
  const file = new URL(`node_modules/${module}/package.json`, import.meta.url);
  console.log(JSON.parse(readFileSync(file)).version);
}

export function check(status, text) {
  if (status === 200) return;
  console.error(status, text);
  process.exitCode = 1;
}

// The path is sent as it is, byte for byte.
export function send(headers) {
  const { hostname, port } = url;
  const sent = request({ method: "POST", hostname, port, path, headers, timeout: 5000 }, (answer) => {
    let text = "";
    answer.on("data", (piece) => { text += piece; });
    answer.on("end", () => check(answer.statusCode, text));
  });
  sent.end(body);
}
