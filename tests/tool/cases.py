"""One update: each row is a command line, and everything that can be seen of it."""
import concurrent.futures
import contextlib
import time

from harness import *

IDS = ['--instance-id', INSTANCE, '--contact-id', CONTACT]
OUTER = ['--instance-id', INSTANCE, '--contact-id', EXTERNAL]
LINE = r'\n?An error occurred \(%s\) when calling the UpdateContact operation%s: '
HIDDEN = 'Zaphod Beeblebrox'  # a Name that must not appear in any output

ROWS = []


def row(name, args, code, out='', err='', applied=None, **more):
    """out, err: patterns; '' means that nothing is printed there. applied: what the contact has
    afterwards. more: env, files, standin (options), ids, shown (values may be printed)."""
    ROWS.append(dict(name=name, args=args, code=code, out=out, err=err, applied=applied, **more))


# ---- what is sent --------------------------------------------------------------------------------
row('a name is set, and nothing is printed', ['--name', HIDDEN], 0, applied={'Name': HIDDEN})
row('an empty name is sent as an empty name', ['--name', ''], 0, applied={'Name': ''})
row('--option=value works', ['--name=--x=y'], 0, applied={'Name': '--x=y'})
row('a name in UTF-8 arrives unchanged', ['--name', 'Zoë 🙂 "q" \\ \t'], 0,
    applied={'Name': 'Zoë 🙂 "q" \\ \t'})
row('a description from a file keeps its line end', ['--description', 'file://text'], 0,
    files={'text': 'two\nlines\n'}, applied={'Description': 'two\nlines\n'})
row('references as JSON', ['--references', '{"A":{"Type":"URL","Value":"https://e.com/?a=1&b=%20"}}'],
    0, applied={'References': {'A': {'Type': 'URL', 'Value': 'https://e.com/?a=1&b=%20'}}})
row('references from a JSON file', ['--references', 'file://r.json'], 0,
    files={'r.json': '{"A":{"Type":"STRING","Value":"v"}}\n'},
    applied={'References': {'A': {'Type': 'STRING', 'Value': 'v'}}})
row('references in short syntax', ['--references', 'A={Type=URL,Value=https://e.com/?a=b},B={Value=x,Type=STRING}'],
    0, applied={'References': {'A': {'Type': 'URL', 'Value': 'https://e.com/?a=b'},
                               'B': {'Type': 'STRING', 'Value': 'x'}}})
row('quotes and backslashes in short syntax',
    ['--references', 'A={Type=STRING,Value="a,b\\"c"},B={Type=STRING,Value=a\\,b},C={Type=STRING,Value=\'}\'}'],
    0, applied={'References': {'A': {'Type': 'STRING', 'Value': 'a,b"c'},
                               'B': {'Type': 'STRING', 'Value': 'a,b'},
                               'C': {'Type': 'STRING', 'Value': '}'}}})
row('--reference can be repeated', ['--reference', 'A', 'URL', 'https://e.com', '--reference', 'B', 'NUMBER', '7'],
    0, applied={'References': {'A': {'Type': 'URL', 'Value': 'https://e.com'},
                               'B': {'Type': 'NUMBER', 'Value': '7'}}})
row('--reference adds to --references', ['--references', 'A={Type=STRING,Value=x}', '--reference', 'B', 'STRING', 'y'],
    0, applied={'References': {'A': {'Type': 'STRING', 'Value': 'x'}, 'B': {'Type': 'STRING', 'Value': 'y'}}})
row('empty references are sent', ['--references', '{}', '--name', 'x'], 0, applied={'Name': 'x'})
row('segment attributes in short syntax', ['--segment-attributes', 'connect:Subtype={ValueString=a},n={ValueInteger=-5}'],
    0, applied={'SegmentAttributes': {'connect:Subtype': {'ValueString': 'a'}, 'n': {'ValueInteger': -5}}})
row('nested segment attributes as JSON', ['--segment-attributes', '{"m":{"ValueMap":{"l":{"ValueList":[{"ValueString":"a"},{"ValueArn":"b"}]}}}}'],
    0, applied={'SegmentAttributes': {'m': {'ValueMap': {'l': {'ValueList': [{'ValueString': 'a'}, {'ValueArn': 'b'}]}}}}})
row('--expires-in is connect:ContactExpiry', ['--expires-in', '90'], 0,
    applied={'SegmentAttributes': {'connect:ContactExpiry': {'ValueMap': {'ExpiryDuration': {'ValueInteger': 90}}}}})
row('queue, user and endpoints of an external contact',
    ['--queue-info', 'Id=q', '--user-info', 'UserId=u', '--customer-endpoint', 'Type=VOIP,Address=sip:a@b',
     '--system-endpoint', '{"Type":"TELEPHONE_NUMBER","Address":"+491"}'], 0, ids=OUTER,
    applied={'QueueInfo': {'Id': 'q'}, 'CustomerEndpoint': {'Type': 'VOIP', 'Address': 'sip:a@b'},
             'SystemEndpoint': {'Type': 'TELEPHONE_NUMBER', 'Address': '+491'}})
row('--cli-input-json holds everything', ['--cli-input-json', '{"InstanceId":"%s","ContactId":"%s","Name":"j"}' % (INSTANCE, CONTACT)],
    0, ids=[], applied={'Name': 'j'})
row('options win over --cli-input-json', ['--cli-input-json', '{"Name":"j","Description":"d"}', '--name', 'o'], 0,
    applied={'Name': 'o', 'Description': 'd'})
row('null in --cli-input-json is unset', ['--cli-input-json', '{"Name":null,"Description":"d","References":{"a":null}}'], 0,
    applied={'Description': 'd'})
row('an ARN in place of the instance id', ['--name', 'x', '--instance-id', f'arn:aws:connect:us-east-1:123456789012:instance/{INSTANCE}',
                                           '--contact-id', CONTACT], 0, ids=[], applied={'Name': 'x'})
row('the region comes from the ARN', ['--name', 'x', '--contact-id', CONTACT, '--dry-run',
                                      '--instance-id', f'arn:aws:connect:eu-west-2:123456789012:instance/{INSTANCE}'],
    0, ids=[], out='region eu-west-2,')
row('--region wins over the ARN', ['--name', 'x', '--contact-id', CONTACT, '--dry-run', '--region', 'us-west-2',
                                   '--instance-id', f'arn:aws:connect:eu-west-2:123456789012:instance/{INSTANCE}'],
    0, ids=[], out='region us-west-2,')
row('a base path in the endpoint URL', ['--name', 'x'], 0, standin=['--base-path', '/a/b'], base='/a/b')
row('a temporary key with its token', ['--name', 'x'], 0, env={'AWS_SESSION_TOKEN': TOKEN},
    standin=['--session-token', TOKEN])
row('the result as JSON', ['--name', HIDDEN, '--output', 'json'], 0,
    out=r'"Status": "done".*"HttpStatus": 200.*"Attempts": 1.*"ClockOffsetMs".*"RequestId"')
row('--verbose says where, as whom and how it went', ['--name', HIDDEN, '--verbose'], 0,
    err=r'region us-east-1.*environment.*POST http.*status 200.*attempts: 1')

# ---- looking closer ------------------------------------------------------------------------------
row('--dry-run sends nothing and masks values', ['--name', HIDDEN, '--dry-run'], 0,
    out=r'POST http://.*/contacts/.*\{"Name":"\(17 bytes\)"\}.*not sent', applied={'Name': None})
row('--show-values shows them', ['--name', HIDDEN, '--dry-run', '--show-values'], 0,
    out='"Name":"' + HIDDEN, shown=True)
row('--explain shows what is signed, without the token', ['--name', HIDDEN, '--explain'], 0,
    err=r'--- canonical request ---\nPOST\n/contacts/.*x-amz-security-token:\(336 bytes\).*--- string to sign ---\n'
        r'AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n\d{8}/us-east-1/connect/aws4_request\n[0-9a-f]{64}\n--- signature ---.*--- response 200',
    env={'AWS_SESSION_TOKEN': TOKEN}, standin=['--session-token', TOKEN])
row('--print-curl takes the token from the environment', ['--name', "it's", '--print-curl'], 0,
    out=r'^curl .*-H "x-amz-security-token: \$AWS_SESSION_TOKEN".*\'\{"Name":"it\'\\\'\'s"\}\'', err='shows the body.*AWS_SESSION_TOKEN',
    env={'AWS_SESSION_TOKEN': TOKEN}, shown=True)
row('--version names the libraries', ['--version'], 0, ids=[], out=r'^update_contact \d[^\n]*\nlibcurl/\S+ OpenSSL/\S+, jansson \S+\n\Z')
row('--help lists every option', ['--help'], 0, ids=[], out=r'--instance-id.*--segment-attributes.*--from.*--explain.*254')
row('--man is roff', ['--man'], 0, ids=[], out=r'^\.TH UPDATE_CONTACT 1.*^\.TP\n\\fB\\-\\-instance\\-id\\fR \\fIID\\fR\nthe instance')
row('--completion is for bash', ['--completion'], 0, ids=[], out=r'complete -F _update_contact update_contact')

# ---- 252: usage and validation -------------------------------------------------------------------
row('no field to update', [], 252, err='nothing to update')
row('no ids', ['--name', 'x'], 252, ids=[], err='InstanceId.*: use --instance-id')
row('no contact id', ['--name', 'x', '--instance-id', INSTANCE], 252, ids=[], err='ContactId.*: use --contact-id')
row('no arguments', [], 252, ids=[], err='^usage:.*--help')
row('a contact id that means another path', ['--name', 'x', '--instance-id', INSTANCE, '--contact-id', '..'], 252, ids=[], err='ContactId')
row('an unknown option has a suggestion', ['--nmae', 'x'], 252, err='did you mean --name')
row('an unquoted name is not repeated', ['--name', 'Zaphod', 'Beeblebrox'], 252, err='argument 7.*quotes')
row('an option without its value', ['--name'], 252, err='--name needs a value')
row('an option in place of a value', ['--name', '--description', 'x'], 252, err='--name needs a value')
row('an option twice', ['--name', 'x', '--name', 'y'], 252, err='--name is given twice')
row('--reference with two values', ['--reference', 'A', 'URL'], 252, err='three values')
row('a name of 1025 characters', ['--name', 'ü' * 1025], 252, err='Name: 1025 characters, at most 1024')
row('an ill-formed UTF-8 name', ['--name', b'\xff'], 252, err='--name is not well-formed UTF-8')
row('a reference without a type', ['--references', '{"A":{"Value":"x"}}'], 252, err=r'References\["A"\]\.Type')
row('an unknown member has a suggestion', ['--references', '{"A":{"Typ":"URL"}}'], 252, err=r'References\["A"\]\.Typ: .*did you mean Type')
row('an unknown member of the input', ['--cli-input-json', '{"Nam":"x"}'], 252, err='Nam: .*did you mean Name')
row('JSON that is cut', ['--references', '{"A":{"Type"'], 252, err='--references is not JSON: column')
row('JSON with a duplicate key', ['--cli-input-json', '{"Name":"a","Name":"b"}'], 252, err='not JSON.*duplicate')
row('the JSON of the input is not repeated', ['--cli-input-json', '{"Name":"' + HIDDEN + '"'], 252, err='not JSON')
row('a number where a string belongs', ['--cli-input-json', '{"Name":5}'], 252, err='Name: has to be a string')
row('a string where an object belongs', ['--cli-input-json', '{"References":"x"}'], 252, err='References: has to be an object')
row('an integer of 33 bits', ['--segment-attributes', 'a={ValueInteger=2147483648}'], 252, err='ValueInteger: has to fit into 32 bits')
row('two values of one attribute', ['--segment-attributes', '{"a":{"ValueString":"x","ValueInteger":1}}'], 252, err='exactly one')
row('an attribute nested too deeply', ['--segment-attributes', '{"a":' + '{"ValueMap":{"a":' * 17 + '{"ValueString":"x"}' + '}}' * 17 + '}'], 252, err='SegmentAttributes')
row('short syntax without =', ['--references', 'A'], 252, err='--references, byte 2: = is expected')
row('short syntax with an open brace', ['--references', 'A={Type=URL'], 252, err='byte 12: , or } is expected')
row('short syntax with an open quote', ['--references', 'A={Type="URL}'], 252, err='a quote is not closed')
row('short syntax with a key twice', ['--references', 'A={Type=a,Value=x},A={Type=b}'], 252, err='a key appears twice')
row('a file:// that is missing', ['--name', 'file://nowhere'], 252, err='--name: cannot read nowhere')
row('a CC address that is none', ['--cc', 'nobody'], 252, err=r'AdditionalRecipients.CcEmailAddresses\[0\].EmailAddress')
row('--cc can be repeated', ['--cc', 'a@b.example', '--cc', 'c@d.example', '--dry-run', '--show-values'], 0,
    out=r'\{"AdditionalRecipients":\{"CcEmailAddresses":\[\{"EmailAddress":"a@b.example"\},\{"EmailAddress":"c@d.example"\}\]\}\}')
row('recipients in short syntax', ['--additional-recipients', 'CcEmailAddresses=[{EmailAddress=a@b.example,DisplayName=A B}]', '--dry-run', '--show-values'],
    0, out=r'"EmailAddress":"a@b.example","DisplayName":"A B"')
row('an empty list of recipients is sent', ['--additional-recipients', '{"CcEmailAddresses":[]}', '--dry-run'], 0,
    out=r'\{"AdditionalRecipients":\{"CcEmailAddresses":\[\]\}\}')
row('an endpoint URL without a scheme', ['--name', 'x', '--endpoint-url', 'localhost:1'], 252, err='http://')
row('--no-verify-ssl is refused with the reason', ['--name', 'x', '--no-verify-ssl'], 252, err='refused.*--ca-bundle')
row('a number that is none', ['--name', 'x', '--cli-read-timeout', 'soon'], 252, err='--cli-read-timeout: a whole number')
row('--output text', ['--name', 'x', '--output', 'text'], 252, err='only json')
row('FIPS and an endpoint URL', ['--name', 'x', '--use-fips'], 252, err='endpoint')

# ---- 254: the service ----------------------------------------------------------------------------
row('no such contact', ['--name', 'x', '--instance-id', INSTANCE, '--contact-id', 'nope'], 254, ids=[],
    err='^' + LINE % ('ResourceNotFoundException', '') + r'Contact not found\nRequest id: [0-9a-f-]+\nCheck: the ids')
row('throttled to the end', ['--name', 'x'], 254, standin=['--fault', 'throttle'],
    err=LINE % ('ThrottlingException', r' \(reached max retries: 2\)') + 'Rate exceeded')
row('a page of HTML, one attempt', ['--name', 'x', '--max-attempts', '1'], 254, standin=['--fault', 'html-503'],
    err=LINE % ('503', r' \(reached max retries: 0\)') + 'Service Unavailable\nRequest id: .*\nCheck: ')
row('AWS_MAX_ATTEMPTS', ['--name', 'x'], 254, standin=['--fault', 'throttle'], env={'AWS_MAX_ATTEMPTS': '2'},
    err=r'max retries: 1\)')
row('a redirect is not followed', ['--name', 'x'], 254, standin=['--fault', 'redirect'], err=r'\(307\).*redirects are not followed')
row('the Reason is shown', ['--name', 'x'], 254, standin=['--fault', 'reason=ATTRIBUTE_LIMIT_EXCEEDED'],
    err=LINE % ('InvalidRequestException', '') + '.*\nReason: ATTRIBUTE_LIMIT_EXCEEDED\nRequest id')
row('an expired token', ['--name', 'x'], 254, standin=['--fault', 'expired-token'], err=LINE % ('ExpiredTokenException', '') + '.*get new ones')
row('access denied', ['--name', 'x'], 254, standin=['--fault', 'error=AccessDeniedException'],
    err='AccessDeniedException.*Check: the policy')
row('a wrong secret', ['--name', HIDDEN], 254, env={'AWS_SECRET_ACCESS_KEY': 'x' * 40},
    err=LINE % ('InvalidSignatureException', '') + 'The request signature')
row('an unknown key', ['--name', 'x'], 254, env={'AWS_ACCESS_KEY_ID': 'AKIDNOBODY'}, err='UnrecognizedClientException')
row('a missing token', ['--name', 'x'], 254, standin=['--session-token', TOKEN], err='UnrecognizedClientException.*session token')
row('queue on a contact that is not external', ['--queue-info', 'Id=q'], 254, err='InvalidRequestException.*external audio')
row('a failure as JSON', ['--name', HIDDEN, '--output', 'json'], 254, standin=['--fault', 'error=ResourceNotFoundException'],
    out=r'"Status": "failed".*"HttpStatus": 404.*"Code": "ResourceNotFoundException"', err='An error occurred')
row('503 twice, then done', ['--name', 'x', '--output', 'json'], 0, standin=['--fault', 'status=503*2'], out='"Attempts": 3')
row('a lost response, then done', ['--name', 'x', '--output', 'json'], 0, standin=['--fault', 'drop-after*1'], out='"Attempts": 2')
row('a wrong clock is corrected', ['--name', 'x', '--output', 'json'], 0, standin=['--skew', '3600'],
    out=r'"Attempts": 2.*"ClockOffsetMs": 3(59|60)\d{4}\b')
row('chunked, byte by byte, after 100', ['--name', 'x'], 0, standin=['--fault', 'continue+chunked+one-byte'])
row('a 200 that is not JSON is success', ['--name', 'x'], 0, standin=['--fault', 'junk-200'])

# ---- 255: everything else ------------------------------------------------------------------------
row('nobody listens', ['--name', 'x', '--endpoint-url', 'http://127.0.0.1:1'], 255, err='127.0.0.1 port 1')
row('every response is lost', ['--name', 'x'], 255, standin=['--fault', 'drop-before'], err='update_contact: ')
row('no response in time', ['--name', 'x', '--cli-read-timeout', '1', '--max-attempts', '1'], 255,
    standin=['--fault', 'delay=20000'], err='update_contact: ')
row('TLS where there is none', ['--name', 'x', '--max-attempts', '1', '--cli-connect-timeout', '1'], 255, tls=True, err='update_contact: ')
row('a missing CA bundle', ['--name', 'x', '--ca-bundle', 'nowhere.pem'], 255, tls=True, err='could not be sent.*nowhere.pem')
row('AWS_CA_BUNDLE', ['--name', 'x'], 255, tls=True, env={'AWS_CA_BUNDLE': 'elsewhere.pem'}, err='elsewhere.pem')
row('an ill-formed region', ['--name', 'x', '--region', 'a_b'], 255, err='region')
row('a retry mode that is none', ['--name', 'x'], 255, env={'AWS_RETRY_MODE': 'x'}, err='legacy, standard, adaptive')
row('max_attempts 0', ['--name', 'x'], 255, env={'AWS_MAX_ATTEMPTS': '0'}, err='max_attempts')
row('half a pair in the environment', ['--name', 'x'], 255, env={'AWS_SECRET_ACCESS_KEY': None}, err='AWS_SECRET_ACCESS_KEY is not')
row('no such profile', ['--name', 'x', '--profile', 'p'], 255, err='there is no profile p')
row('no such AWS_PROFILE', ['--name', 'x'], 255, env={'AWS_PROFILE': 'p'}, err='there is no profile p')

# ---- 253, precedence: what --dry-run says is used ------------------------------------------------
NOKEYS = {'AWS_ACCESS_KEY_ID': None, 'AWS_SECRET_ACCESS_KEY': None}
NOREGION = {'AWS_REGION': None}
CONFIG, CREDENTIALS = '.aws/config', '.aws/credentials'
PAIR = 'aws_access_key_id = AKIDTEST%s\naws_secret_access_key = ' + SECRET + '\n'


def chain(name, expected, env=None, config=None, credentials=None, args=(), code=0):
    """expected: a pattern for the line `region R, profile P, credentials: SOURCE (key ...XXXX)`."""
    files = {k: v for k, v in ((CONFIG, config), (CREDENTIALS, credentials)) if v is not None}
    row(name, ['--name', 'x', '--dry-run', *args], code, out=expected if code == 0 else '',
        err='' if code == 0 else expected, env=env or {}, files=files)


chain('no credentials anywhere', 'no credentials', NOKEYS, code=253)
chain('no region anywhere', 'no region', NOREGION, code=253)
chain('AWS_DEFAULT_REGION', 'region eu-west-1,', {'AWS_REGION': None, 'AWS_DEFAULT_REGION': 'eu-west-1'})
chain('AWS_REGION wins over AWS_DEFAULT_REGION', 'region us-east-1,', {'AWS_DEFAULT_REGION': 'eu-west-1'})
chain('an empty variable is unset', 'region eu-west-1,', {'AWS_REGION': '', 'AWS_DEFAULT_REGION': 'eu-west-1'})
chain('--region wins over all', 'region eu-west-9,', args=['--region', 'eu-west-9'])
chain('region of the profile', 'region eu-west-3,', NOREGION, config='[default]\nregion = eu-west-3\n')
chain('environment keys, region of AWS_PROFILE', 'region eu-west-3, profile a, credentials: environment',
      {**NOREGION, 'AWS_PROFILE': 'a'}, config='[profile a]\nregion=eu-west-3\n' + PAIR % 'CONF')
chain('--profile beats environment keys', r'profile a, credentials: config file \(key \.\.\.CONF\)',
      config='[profile a]\n' + PAIR % 'CONF', args=['--profile', 'a'])
chain('AWS_PROFILE wins over AWS_DEFAULT_PROFILE', 'profile a,', {'AWS_PROFILE': 'a', 'AWS_DEFAULT_PROFILE': 'b'},
      config='[profile a]\n[profile b]\n')
chain('AWS_DEFAULT_PROFILE', 'profile b,', {'AWS_DEFAULT_PROFILE': 'b'}, config='[profile b]\n')
chain('the credentials file wins over config', r'credentials file \(key \.\.\.CRED\)', NOKEYS,
      config='[default]\n' + PAIR % 'CONF', credentials='[default]\n' + PAIR % 'CRED')
chain('config may hold keys', r'config file \(key \.\.\.CONF\)', NOKEYS, config='[default]\n' + PAIR % 'CONF')
chain('a token in the credentials file', 'with a session token', NOKEYS,
      credentials='[default]\n' + PAIR % 'CRED' + 'aws_session_token = ' + TOKEN)
chain('half a pair in a file is an error', 'aws_secret_access_key is missing', NOKEYS,
      credentials='[default]\naws_access_key_id = AKIDCRED\n', config='[default]\n' + PAIR % 'CONF', code=255)
chain('[profile p] in credentials is ignored', 'no credentials', {**NOKEYS, 'AWS_PROFILE': 'p'},
      config='[profile p]\n', credentials='[profile p]\n' + PAIR % 'CRED', code=253)
chain('[b] in config is ignored', 'there is no profile b', {'AWS_PROFILE': 'b'}, config='[b]\nregion = x\n', code=255)
chain('a quoted profile name', 'profile q u,', {'AWS_PROFILE': 'q u'}, config='[profile "q u"]\nregion = x\n')
chain('an unquoted name with a blank is not found', 'there is no profile', {'AWS_PROFILE': 'q u'},
      config='[profile q u]\n', code=255)
chain('there are no inline comments', 'region', {**NOREGION}, config='[default]\nregion = eu-west-3 # no\n', code=255)
chain('comments, CRLF, blanks and upper case', 'region eu-west-3,', NOREGION,
      config='# c\r\n[default]\r\n ; c\r\nREGION   =   eu-west-3   \r\n')
chain('a value keeps its inner =', 'profile a,', {'AWS_PROFILE': 'a'}, config='[profile a]\nx = a=b=c\n')
chain('nested values are passed over', 'region eu-west-3,', NOREGION,
      config='[default]\ns3 =\n  max = 1\n  region = no\nregion = eu-west-3\n')
chain('a byte order mark is refused', 'line 1', config=b'\xef\xbb\xbf[default]\n', code=255)
chain('a line without = is refused', r'line 2: a line without =', config='[default]\nregion\n', code=255)
chain('a section named twice is refused', 'line 3: this section appears twice', config='[a]\nx = 1\n[a]\n', code=255)
chain('AWS_CONFIG_FILE', 'region eu-west-3,', {**NOREGION, 'AWS_CONFIG_FILE': '~/other'})
ROWS[-1]['files']['other'] = '[default]\nregion = eu-west-3\n'
chain('a missing credentials file goes on', r'config file', {**NOKEYS, 'AWS_SHARED_CREDENTIALS_FILE': 'nowhere'},
      config='[default]\n' + PAIR % 'CONF')
chain('a role is not followed, and says how', 'export-credentials', {**NOKEYS, 'AWS_PROFILE': 'r'},
      config='[profile r]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = default\n', code=253)

# ---- endpoints -----------------------------------------------------------------------------------
NOURL = {'AWS_ENDPOINT_URL_CONNECT': None}


def endpoint(name, expected, env=None, config=None, args=()):
    chain(name, '^POST ' + expected + '/contacts/', {**NOURL, **(env or {})}, config=config, args=args)


endpoint('the region\'s endpoint', 'https://connect.us-east-1.amazonaws.com')
endpoint('FIPS', 'https://connect-fips.us-east-1.amazonaws.com', {'AWS_USE_FIPS_ENDPOINT': 'true'})
endpoint('dual-stack', 'https://connect.us-east-1.api.aws', args=['--use-dualstack'])
endpoint('FIPS of the profile, dual-stack', 'https://connect-fips.us-east-1.api.aws', {'AWS_USE_DUALSTACK_ENDPOINT': 'TRUE'},
         config='[default]\nuse_fips_endpoint = true\n')
endpoint('maybe is false', 'https://connect.us-east-1.amazonaws.com', {'AWS_USE_FIPS_ENDPOINT': 'maybe'})
endpoint('AWS_ENDPOINT_URL, and FIPS of the environment is ignored', 'http://u', {'AWS_ENDPOINT_URL': 'http://u', 'AWS_USE_FIPS_ENDPOINT': 'true'})
endpoint('AWS_ENDPOINT_URL_CONNECT wins', 'http://c', {'AWS_ENDPOINT_URL': 'http://u', 'AWS_ENDPOINT_URL_CONNECT': 'http://c'})
endpoint('a services section wins over the profile\'s', 'http://s', config='[default]\nservices = x\nendpoint_url = http://p\n'
         '[services x]\ns3 =\n  endpoint_url = http://no\nconnect =\n  endpoint_url = http://s\n')
endpoint('endpoint_url of the profile', 'http://p', config='[default]\nendpoint_url = http://p\n')
endpoint('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'https://connect.us-east-1.amazonaws.com',
         {'AWS_ENDPOINT_URL': 'http://u', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS': 'true'})
endpoint('--endpoint-url wins over all', 'http://o', {'AWS_ENDPOINT_URL_CONNECT': 'http://c', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS': 'true'},
         args=['--endpoint-url', 'http://o'])


@contextlib.contextmanager
def serving(handler):
    """A service of its own kind; yields its environment."""
    handler.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {**KEYS, 'AWS_REGION': 'us-east-1', 'AWS_ENDPOINT_URL': f'http://127.0.0.1:{server.server_port}'}
    finally:
        server.shutdown()
        server.server_close()


def echoing_service():
    """Some services quote what they got, secrets included. Nothing of that is shown."""
    errors = ['InvalidSignatureException']

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers['content-length']))
            body = json.dumps({'message': f'token {TOKEN} cut {TOKEN[:200]} secret {SECRET} \x1b[31mred \x9b31mred',
                               'Reason': {'Why': SECRET}}).encode()
            self.send_response(403 if errors[0].startswith('InvalidS') else 400)
            self.send_header('x-amzn-errortype', errors[0])
            self.send_header('x-amzn-requestid', SECRET)
            self.send_header('content-length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
    with serving(Echo) as env:
        env['AWS_SESSION_TOKEN'] = TOKEN
        home = new_home({'in.jsonl': '{"ContactId":"a","Name":"x"}\n'})
        for errors[0], how in ((e, h) for e in ('InvalidSignatureException', 'InvalidRequestException', SECRET) for h in
                               ([], ['--explain'], ['--output', 'json'], ['--verbose'], ['--from', 'in.jsonl', '--output', 'json', '--restart'])):
            got = run([*(IDS if '--from' not in how else IDS[:2]), *(['--name', 'x'] if '--from' not in how else []), *how],
                      home, env, cwd=home)
            text = (got.stdout + got.stderr).decode()
            check(f'a token and a secret that the service echoes are masked: {errors[0][:16]} {" ".join(how)}',
                  leaks(text, [TOKEN[:24], SECRET[:24], SECRET[-20:], '\x1b'] + (['\x9b'] if '--output' not in how else [])) or
                  ('' if got.returncode == 254 and '(336 bytes)' in text else text))


def endless_response():
    """A body that never ends, quickly and byte by byte."""
    class Endless(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers['content-length']))
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b' ' * pieces[0])
                    time.sleep(0.2 if pieces[0] == 1 else 0)
            except OSError:
                pass
    pieces = [1]
    with serving(Endless) as env:
        for pieces[0] in (1, 65536):
            got = run([*IDS, '--name', 'x', '--max-attempts', '1', '--cli-connect-timeout', '1', '--cli-read-timeout', '1'], new_home(), env)
            check(f'a response without an end, {pieces[0]} bytes at a time, is given up',
                  '' if got.returncode == 255 and matches('timed out', got.stderr.decode()) else got)


def early_success():
    """It comes, and the connection is closed, before the request is written: libcurl says OK."""
    class Early(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}')
            time.sleep(0.5)
            self.close_connection = True
    with serving(Early) as env:
        home = new_home()
        for size, code, words in ((1, 0, ''), (8000, 255, 'no complete response')):  # 8 MB fill every socket buffer
            path = f'{home}/input.json'
            with open(path, 'w') as out:
                json.dump({'SegmentAttributes': {f'k{n}': {'ValueString': 'x' * 1000} for n in range(size)}}, out)
            got = run([*IDS, '--cli-input-json', f'file://{path}', '--max-attempts', '1'], home, env)
            check(f'a success before {size} kB were read: exit code {code}',
                  '' if got.returncode == code and matches(words, got.stderr.decode()) else got)


def pasted_curl():
    """What --print-curl prints, run by a shell, does the update; a minute later, too."""
    standin = Standin('--session-token', TOKEN, '--skew', '60', '--contact', INSTANCE + "/it's%20%24HOME%20a%2Fb")
    env = {**KEYS, 'AWS_SESSION_TOKEN': TOKEN, 'AWS_REGION': 'us-east-1', 'AWS_ENDPOINT_URL': standin.url}
    home = new_home()
    name = 'it\'s "quoted" \\ $HOME `id` \n Zoë'
    got = run(['--instance-id', INSTANCE, '--contact-id', "it's $HOME a/b", '--name', name, '--print-curl'], home, env)
    sent = subprocess.run(['sh', '-e'], input=got.stdout, capture_output=True, env=environment(home, env), timeout=PATIENCE)
    problem = f'{got.stdout.decode()}{sent}'
    try:
        problem = '' if standin.contact("it's%20%24HOME%20a%2Fb").get('Name') == name else problem
    except OSError as e:
        problem += str(e)
    check('the command of --print-curl does the update', problem)
    standin.stop()


def completion_in_bash():
    text = run(['--completion'], new_home()).stdout.decode()
    for words, wanted in ((['--segm'], '--segment-attributes'), (['--format', ''], 'jsonl csv'), (['--cc', 'x', '--cust'], '--customer-endpoint')):
        line = ' '.join(f"'{w}'" for w in ['update_contact', *words])
        got = subprocess.run(['bash', '-ec', f'{text}\nCOMP_WORDS=({line}) COMP_CWORD={len(words)}\n_update_contact\necho "${{COMPREPLY[@]}}"'],
                             capture_output=True, text=True, timeout=PATIENCE)
        check(f'bash completes {" ".join(words)}', '' if got.stdout.strip() == wanted else got)


def installed():
    home = new_home()
    got = subprocess.run(['make', '-s', 'install-tool', 'PREFIX=/opt/a b', f'DESTDIR={home}'], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    top = home / 'opt/a b'
    files = {'bin/update_contact': 0o755, 'share/man/man1/update_contact.1': 0o644, 'share/bash-completion/completions/update_contact': 0o644}
    wrong = [f for f, mode in files.items() if not (top / f).exists() or (top / f).stat().st_mode & 0o777 != mode]
    check('make install-tool PREFIX= copies the tool, its man page and its completion', wrong and f'{wrong} {got}')
    if not wrong:
        check('what is installed runs', '' if run(['--version'], home, tool=top / 'bin/update_contact').returncode == 0 else 'it does not')


def problem_of(r, got, standin):
    out, err = (t.decode(errors='replace') for t in (got.stdout, got.stderr))
    seen = f'exit {got.returncode}\nstdout: {out}\nstderr: {err}'
    if got.returncode != r['code']:
        return f'exit code {r["code"]} is expected\n{seen}'
    for pattern, text, which in ((r['out'], out, 'stdout'), (r['err'], err, 'stderr')):
        if (text != '' and pattern == '') or not matches(pattern, text):
            return f'{which} does not match {pattern!r}\n{seen}'
    hidden = leaks(out + err, [SECRET, TOKEN] + ([] if r.get('shown') else [HIDDEN, 'Beeblebrox']))
    if hidden:
        return f'{hidden}\n{seen}'
    if r['applied'] is None:
        return ''
    contact = standin.contact(EXTERNAL if r.get('ids') is OUTER else CONTACT)
    wrong = {k: contact.get(k) for k, v in r['applied'].items() if contact.get(k) != v}
    return f'the contact has {wrong}' if wrong else ''


def run_row(r):
    home = new_home(r.get('files'))
    standin = Standin('--external', EXTERNAL, *r.get('standin', []))
    url = standin.url.replace('http:', 'https:') if r.get('tls') else standin.url
    env = {**KEYS, 'AWS_REGION': 'us-east-1', 'AWS_ENDPOINT_URL_CONNECT': url + r.get('base', ''), **r.get('env', {})}
    try:
        got = run([*r.get('ids', IDS), *r['args']], home, env, cwd=home)
        check(r['name'], problem_of(r, got, standin))
    finally:
        standin.stop()


def run_all():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(run_row, ROWS))
    echoing_service()
    endless_response()
    early_success()
    pasted_curl()
    completion_in_bash()
    installed()
