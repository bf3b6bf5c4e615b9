// UpdateContact signed by aws-crt, AWS's common runtime in C: node crt.mjs INSTANCE CONTACT NAME
import { createHash } from "node:crypto";
import crt from "aws-crt";
import { body, keys, path, printVersion, region, send, url } from "./common.mjs";

const { auth, http } = crt;
printVersion("aws-crt");
const headers = new http.HttpHeaders([["Host", url.host], ["Content-Type", "application/json"]]);
const { accessKeyId, secretAccessKey, sessionToken } = keys;
const signed = await auth.aws_sign_request(new http.HttpRequest("POST", path, headers), {
  algorithm: auth.AwsSigningAlgorithm.SigV4,
  signature_type: auth.AwsSignatureType.HttpRequestViaHeaders,
  provider: auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken),
  signed_body_value: createHash("sha256").update(body).digest("hex"),
  region, service: "connect", use_double_uri_encode: true,
});
send(Object.fromEntries([...signed.headers, ["Content-Length", Buffer.byteLength(body)]]));
