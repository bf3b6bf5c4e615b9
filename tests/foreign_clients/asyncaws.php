<?php
// UpdateContact signed by PHP's AsyncAws: php asyncaws.php INSTANCE CONTACT NAME
// It does not sign content-type.
require '/usr/share/php/AsyncAws/Core/autoload.php';

use AsyncAws\Core\Credentials\Credentials;
use AsyncAws\Core\Request;
use AsyncAws\Core\RequestContext;
use AsyncAws\Core\Signer\SignerV4;
use AsyncAws\Core\Stream\StringStream;

[, $instance, $contact, $name] = $argv;
echo exec("dpkg-query -f '\${Version}' -W php-async-aws-core"), "\n";
$path = '/contacts/' . rawurlencode($instance) . '/' . rawurlencode($contact);
$body = json_encode(['Name' => $name,
    'References' => ['link' => ['Type' => 'URL', 'Value' => 'https://example.com/?a=b']]]);
$request = new Request('POST', $path, [], ['content-type' => 'application/json'],
    StringStream::create($body));
$request->setEndpoint(getenv('AWS_ENDPOINT_URL_CONNECT') . $path);
$keys = new Credentials(getenv('AWS_ACCESS_KEY_ID'), getenv('AWS_SECRET_ACCESS_KEY'));
(new SignerV4('connect', getenv('AWS_REGION')))->sign($request, $keys, new RequestContext());
$headers = [];
foreach ($request->getHeaders() as $key => $value) {
    $headers[] = "$key: $value";
}
$answer = file_get_contents($request->getEndpoint(), false, stream_context_create(['http' => [
    'method' => 'POST', 'header' => $headers, 'content' => $body, 'ignore_errors' => true,
    'timeout' => 5]]));
if (strpos($http_response_header[0], ' 200 ') === false) {
    fwrite(STDERR, "$http_response_header[0] $answer\n");
    exit(1);
}
