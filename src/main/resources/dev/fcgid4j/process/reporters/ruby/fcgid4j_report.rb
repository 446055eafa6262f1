# SPDX-License-Identifier: Apache-2.0
# Notes each file that Ruby loads in the file that FCGID_WATCH_FILE names, before it is read. Must never disturb the
# program: no output, no exception.
begin
  notes = ENV['FCGID_WATCH_FILE']
  if notes && (ENV['FCGID_WATCH_PID'] || $$).to_i == $$ && File.writable?(notes)
    ENV['FCGID_WATCH_PID'] = $$.to_s # programs that this one starts report nothing
    seen = {}
    start = Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond)
    nanos = ->(time) { time.to_i * 1_000_000_000 + time.nsec }
    note = lambda do |path, after|
      begin
        path = File.expand_path(path)
        now = after ? start : Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond)
        stat = File.stat(path)
        mark = [nanos.(stat.mtime), nanos.(stat.ctime), stat.size, stat.ino]
        next if path.include?("\n") || seen[path] == mark
        content = ''
        if !after && now - mark[1] < 50_000_000 # too young for its times to prove anything
          value = 0x811c9dc5
          File.binread(path).each_byte { |byte| value = ((value ^ byte) * 0x01000193) & 0xffffffff }
          content = format('%08x', value)
        end
        IO.binwrite(notes, [now, *mark, content, path].join("\t") + "\n", mode: File::WRONLY | File::APPEND)
        seen[path] = mark
      rescue StandardError
        nil # a reporter never disturbs
      end
    end
    $LOADED_FEATURES.each { |path| note.(path, true) if path.end_with?('.rb') && path != __FILE__ }
    RubyVM::InstructionSequence.singleton_class.prepend(Module.new do
      # Ruby asks this before it compiles a file; nil means that there is nothing compiled to load.
      define_method(:load_iseq) do |path|
        note.(path, false)
        defined?(super) ? super(path) : nil
      end
    end)
  end
rescue StandardError, LoadError
  nil
end
