// UpdateContact with the AWS SDK for JavaScript v2: node sdk_v2.mjs INSTANCE CONTACT NAME
// It does not sign content-type.
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = "1";
const { default: AWS } = await import("aws-sdk");

const [InstanceId, ContactId, Name] = process.argv.slice(2);
console.log(AWS.VERSION);
const References = { link: { Type: "URL", Value: "https://example.com/?a=b" } };
const connect = new AWS.Connect({
  endpoint: process.env.AWS_ENDPOINT_URL_CONNECT, region: process.env.AWS_REGION, maxRetries: 0,
});
await connect.updateContact({ InstanceId, ContactId, Name, References }).promise();
