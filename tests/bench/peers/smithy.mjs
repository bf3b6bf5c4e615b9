// @smithy/signature-v4, the signer of the AWS SDK for JavaScript, with node's hashes as there. It
// keeps the key of the day.
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { access_key, body, compete, host, instant, path, region, secret_key } from "./request.mjs";

class Sha256 {
  constructor(key) {
    this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }
  update(data) { this.hash.update(data); }
  async digest() { return this.hash.digest(); }
}

const signer = new SignatureV4({
  service: "connect", region, sha256: Sha256, applyChecksum: false,
  credentials: { accessKeyId: access_key, secretAccessKey: secret_key },
});

compete(() => signer.sign({
  method: "POST", protocol: "https:", hostname: host, path, query: {}, body: body(),
  headers: { host, "content-type": "application/json" },
}, { signingDate: instant }));
