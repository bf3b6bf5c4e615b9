// Asks the AWS SDK for JavaScript and two signers: JSON items on standard input, JSON answers on standard output, in order.
// usage: node oracle.mjs request|sign|endpoint|regions|error
import { createHash, createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConnectClient, UpdateContactCommand } from "@aws-sdk/client-connect";
import { HttpRequest, HttpResponse } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";

console.warn = console.error = () => {};   // what the SDK says there comes back in the answers

// ---- request: params, credentials, endpoint -> the HTTP request as the SDK would send it ----

const clients = new Map();   // one client for each configuration
let captured;

function clientFor({ credentials, endpoint }) {
  const key = JSON.stringify([credentials, endpoint]);
  if (!clients.has(key)) {
    clients.set(key, new ConnectClient({
      region: endpoint.region,
      endpoint: endpoint.endpoint_url ?? undefined,
      useFipsEndpoint: endpoint.use_fips,
      useDualstackEndpoint: endpoint.use_dualstack,
      credentials: {
        accessKeyId: credentials.access_key_id,
        secretAccessKey: credentials.secret_access_key,
        sessionToken: credentials.session_token || undefined,
      },
      maxAttempts: 1,
      requestHandler: {
        handle: async (request) => { captured = request; return { response: new HttpResponse({ statusCode: 200 }) }; },
      },
    }));
  }
  return clients.get(key);
}

async function request(item) {
  captured = null;
  try {
    await clientFor(item).send(new UpdateContactCommand(item.params));
  } catch (error) {
    return { error: error.message };
  }
  const { method, protocol, hostname, port, path, query, headers, body } = captured;
  if (Object.keys(query).length) throw new Error("a query was not expected");
  return {
    method, path, host: headers.host,
    url: `${protocol}//${hostname}${port === undefined ? "" : ":" + port}${path}`,
    content_type: headers["content-type"], body: Buffer.from(body).toString("utf8"),
  };
}

// ---- sign: a request -> canonical request, string to sign, signature, authorization ----

class Sha256 {
  constructor(key) { this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key); }
  update(data) { this.hash.update(data); }
  async digest() { return new Uint8Array(this.hash.digest()); }
}

class Recorder extends SignatureV4 {   // keeps what it passes through
  createCanonicalRequest(...a) { return this.canonical = super.createCanonicalRequest(...a); }
  async createStringToSign(...a) { return this.text = await super.createStringToSign(...a); }
}

async function sign(item) {
  const signer = new Recorder({
    service: item.service, region: item.region, sha256: Sha256,
    credentials: { accessKeyId: item.access_key_id, secretAccessKey: item.secret_access_key, sessionToken: item.session_token || undefined },
    uriEscapePath: item.encode_path, applyChecksum: item.sign_body,
  });
  const query = {};   // name -> value or list of values, decoded
  for (const [name, value] of item.query) query[name] = name in query ? [query[name], value].flat() : value;
  const signed = await signer.sign(
    new HttpRequest({ method: item.method, path: item.path, query, headers: Object.fromEntries(item.headers), body: item.body }),
    { signingDate: new Date(item.time) });
  const authorization = signed.headers.authorization;
  return {
    canonical_request: signer.canonical, string_to_sign: signer.text,
    signature: authorization.split("Signature=")[1], authorization,
    aws4: item.aws4 ? signAws4(item) : undefined,
  };
}

function signAws4(item) {   // the Authorization header that aws4 makes
  const headers = { ...Object.fromEntries(item.headers), "x-amz-date": new Date(item.time).toISOString().replace(/[-:]|\.000/g, "") };
  return aws4.sign(
    { method: item.method, path: item.path, service: item.service, region: item.region, headers, body: item.body,
      extraHeadersToIgnore: { "content-length": true } },
    { accessKeyId: item.access_key_id, secretAccessKey: item.secret_access_key, sessionToken: item.session_token || undefined },
  ).headers.Authorization;
}

// ---- endpoint: region, useFIPS, useDualStack, endpoint -> url or error ----

const credentials = { accessKeyId: "a", secretAccessKey: "s" };
const resolve = new ConnectClient({ region: "us-east-1", credentials }).config.endpointProvider;

async function endpoint({ region, useFIPS, useDualStack, endpoint }) {
  try {
    if (region !== null) await new ConnectClient({ region, credentials }).config.region();   // refuses what is no host label
    const { url } = resolve({ Region: region ?? undefined, UseFIPS: useFIPS, UseDualStack: useDualStack, Endpoint: endpoint ?? undefined });
    return { url: url.href.replace(/\/$/, "") };
  } catch (error) {
    return { error: error.message.split("\n")[0] };
  }
}

// ---- regions: the SDK's own list of partitions and regions, which it does not export ----

function regions() {
  const core = dirname(createRequire(import.meta.url).resolve("@aws-sdk/core/package.json"));
  const text = readFileSync(join(core, "dist-es/submodules/client/util-endpoints/lib/aws/partitions.js"), "utf8");
  const { partitions } = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
  return partitions.map((p) => ({ id: p.id, regions: Object.keys(p.regions).sort() }));
}

// ---- error: status, headers (lower-case names, one each), body as hex -> what the SDK makes of the answer ----

async function error({ status, headers, body }) {
  const client = new ConnectClient({
    region: "us-east-1", credentials, maxAttempts: 1, logger: {},
    requestHandler: { handle: async () => ({ response: new HttpResponse({ statusCode: status, headers, body: Buffer.from(body, "hex") }) }) },
  });
  try {
    const output = await client.send(new UpdateContactCommand({ InstanceId: "i", ContactId: "c", Name: "n" }));
    return { outcome: "success", code: null, message: null, request_id: output.$metadata.requestId ?? null };
  } catch (e) {
    if (!e.$fault) return { failed: e instanceof SyntaxError ? "refuses the body as JSON" : "fails: " + e.name };
    return { outcome: "error", code: e.name, message: e.message, request_id: e.$metadata.requestId ?? null };
  }
}

const ask = { request, sign, endpoint, regions, error }[process.argv[2]];
const answers = [];
for (const item of JSON.parse(readFileSync(0, "utf8"))) answers.push(await ask(item));
process.stdout.write(JSON.stringify(answers));
