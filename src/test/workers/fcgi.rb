#!/usr/bin/ruby
# The test application in Ruby with the fcgi gem.
require "digest"
require "fcgi"

served = 0
FCGI.each do |request|
  env = request.env
  op = env["QUERY_STRING"].to_s[/op=(\w+)/, 1] || "pid"
  n = env["QUERY_STRING"].to_s[/n=(\d+)/, 1].to_i
  served += 1
  sleep(n / 1000.0) if op == "sleep"
  body = case op
         when "sum" then Digest::SHA256.hexdigest(request.in.read.to_s)
         when "large" then "x" * n
         when "cookies" then env["HTTP_COOKIE"].to_s
         when "path" then env["PATH_INFO"].to_s
         else "#{$$} #{served}"
         end
  request.out.print "Content-Type: text/plain\r\n"
  request.out.print "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" if op == "cookies"
  request.out.print "\r\n", body
  request.finish
end
