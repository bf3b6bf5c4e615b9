// UpdateContact sent by aws4fetch: node aws4fetch.mjs INSTANCE CONTACT NAME
// It does not sign content-type.
import { AwsClient } from "aws4fetch";
import { body, check, keys, path, printVersion, region, url } from "./common.mjs";

printVersion("aws4fetch");
const client = new AwsClient({ ...keys, region, service: "connect", retries: 0 });
const answer = await client.fetch(url.origin + path, {
  method: "POST", body, headers: { "Content-Type": "application/json" },
});
check(answer.status, await answer.text());
