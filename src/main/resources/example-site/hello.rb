#!/usr/bin/env ruby
# Enabled by the lines in .htaccess; needs nothing but Ruby.
require "socket"

GREETING = "Hello from Ruby" # edit me, save, and reload the page

STARTED = Process.clock_gettime(Process::CLOCK_MONOTONIC)

def page(served)
  age = Process.clock_gettime(Process::CLOCK_MONOTONIC) - STARTED
  "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n\r\n" + <<~HTML
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>Ruby</title></head>
    <body style="font:17px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem">
    <h1>#{GREETING}</h1>
    <p>Process <strong id="pid">#{$$}</strong> has served <strong id="served">#{served}</strong> requests
    and is <strong>#{age.round(1)}</strong> seconds old.</p>
    <p><a href="/">Back to the example site</a></p></body></html>
  HTML
end

# One record: nil at the end of the connection, else its type, content and keep-alive flag.
def read_record(io)
  header = io.read(8)
  return unless header && header.bytesize == 8
  _, type, _, length, padding = header.unpack("CCnnC")
  content = length.zero? ? "" : io.read(length)
  io.read(padding) if padding.positive?
  [type, content]
end

trap("TERM") { exit!(0) }
listening = UNIXServer.for_fd(0)
served = 0
loop do
  connection = listening.accept
  keep = false
  begin
    while (type, content = read_record(connection))
      keep = content.getbyte(2) & 1 == 1 if type == 1
      next unless type == 5 && content.empty?
      body = page(served += 1)
      connection.write([1, 6, 1, body.bytesize, 0].pack("CCnnCx"), body,
                       [1, 6, 1, 0, 0].pack("CCnnCx"), [1, 3, 1, 8, 0, 0, 0].pack("CCnnCxNCx3"))
      break unless keep
    end
  rescue SystemCallError
    # the server has closed the connection
  ensure
    connection.close
  end
end
