// UpdateContact with the AWS SDK for JavaScript v3: node sdk_v3.mjs INSTANCE CONTACT NAME
// The SDK reads endpoint, region and keys from the environment.
import { readFileSync } from "node:fs";
import { ConnectClient, UpdateContactCommand } from "@aws-sdk/client-connect";

const [InstanceId, ContactId, Name] = process.argv.slice(2);
const root = new URL("node_modules/@aws-sdk/client-connect/package.json", import.meta.url);
console.log(JSON.parse(readFileSync(root)).version);
const References = { link: { Type: "URL", Value: "https://example.com/?a=b" } };
await new ConnectClient({ maxAttempts: 1 })
  .send(new UpdateContactCommand({ InstanceId, ContactId, Name, References }));
