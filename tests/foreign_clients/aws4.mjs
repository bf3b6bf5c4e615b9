// UpdateContact signed by aws4: node aws4.mjs INSTANCE CONTACT NAME
import aws4 from "aws4";
import { body, keys, path, printVersion, region, send, url } from "./common.mjs";

printVersion("aws4");
const signed = aws4.sign({
  service: "connect", region, method: "POST", host: url.host, path, body,
  headers: { "Content-Type": "application/json" },
}, keys);
send(signed.headers);
