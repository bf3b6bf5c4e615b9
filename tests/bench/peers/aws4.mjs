// aws4 keeps the key of the day. Told not to sign Content-Length, so that it signs what we sign.
import aws4 from "aws4";
import { access_key, body, compete, date, host, path, region, secret_key } from "./request.mjs";

const credentials = { accessKeyId: access_key, secretAccessKey: secret_key };

compete(() => aws4.sign({
  service: "connect", region, method: "POST", host, path, body: body(),
  headers: { "Content-Type": "application/json", "X-Amz-Date": date },
  extraHeadersToIgnore: { "content-length": true },
}, credentials));
