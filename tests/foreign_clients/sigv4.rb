# UpdateContact signed by Ruby's aws-sigv4: ruby sigv4.rb INSTANCE CONTACT NAME
require 'aws-sigv4'
require 'erb'
require 'json'
require 'net/http'

instance, contact, name = ARGV
puts Aws::Sigv4::VERSION
encode = ->(text) { ERB::Util.url_encode(text) }
url = URI("#{ENV['AWS_ENDPOINT_URL_CONNECT']}/contacts/#{encode[instance]}/#{encode[contact]}")
body = { Name: name, References: { link: { Type: 'URL', Value: 'https://example.com/?a=b' } } }.to_json
signer = Aws::Sigv4::Signer.new(
  service: 'connect', region: ENV['AWS_REGION'],
  access_key_id: ENV['AWS_ACCESS_KEY_ID'], secret_access_key: ENV['AWS_SECRET_ACCESS_KEY']
)
headers = { 'content-type' => 'application/json' }
signed = signer.sign_request(http_method: 'POST', url: url, headers: headers, body: body)
answer = Net::HTTP.post(url, body, headers.merge(signed.headers))
abort "#{answer.code} #{answer.body}" unless answer.code == '200'
