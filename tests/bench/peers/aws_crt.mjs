// aws-crt, the native signer of AWS's C libraries. It derives the key anew each time. The hash of
// the body is handed in, since it would read the body through a stream.
import { createHash } from "node:crypto";
import { auth, http } from "aws-crt";
import { access_key, body, compete, host, instant, path, region, secret_key } from "./request.mjs";

const config = {
  algorithm: auth.AwsSigningAlgorithm.SigV4,
  signature_type: auth.AwsSignatureType.HttpRequestViaHeaders,
  provider: auth.AwsCredentialsProvider.newStatic(access_key, secret_key),
  service: "connect", region, date: instant,
};

compete(async () => {
  const text = body();
  const headers = new http.HttpHeaders([["host", host], ["content-type", "application/json"]]);
  const request = new http.HttpRequest("POST", path, headers);
  const signed_body_value = createHash("sha256").update(text).digest("hex");
  const signed = await auth.aws_sign_request(request, { ...config, signed_body_value });
  return { headers: Object.fromEntries(signed.headers), body: text };
});
