# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true
# Tells the process manager which files Ruby loads: one line each, appended to the file that FCGID_WATCH_FILE names.
# Required by RUBYOPT before the script. Says nothing, raises nothing.
$LOAD_PATH.delete(__dir__)

class RubyVM
  module Fcgid4jReport
    TARGET = ENV['FCGID_WATCH_FILE'].to_s
    APPEND = File::WRONLY | File::APPEND
    @known = {}
    @features = 0
    @started = Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond)

    class << self
      def install
        return if ENV.fetch('FCGID_WATCH_PID', Process.pid.to_s) != Process.pid.to_s

        File.open(TARGET, APPEND).close
        # So that programs this one starts stay silent, and one it becomes by exec doesn't.
        ENV['FCGID_WATCH_PID'] = Process.pid.to_s
        ($LOADED_FEATURES - [__FILE__]).each { |path| report(path) if path.start_with?('/') }
        @features = $LOADED_FEATURES.size
        report($0) if File.file?($0)
        InstructionSequence.singleton_class.extend(StayFirst)
        hook
      rescue StandardError
        nil
      end

      # Ruby asks load_iseq for a compiled form of each file it is about to read.
      def hook
        reporting = Module.new do
          def load_iseq(path)
            Fcgid4jReport.loading(path)
            super if defined?(super)
          end
        end
        Module.instance_method(:prepend).bind_call(InstructionSequence.singleton_class, reporting)
      end

      def loading(path)
        report(path)
        report_extensions
      rescue StandardError, SystemStackError
        nil
      end

      private

      # Native extensions don't pass load_iseq: those that came since the last file.
      def report_extensions
        features = $LOADED_FEATURES
        size = features.size
        @features = 0 if @features > size
        while @features < size
          path = features[@features].to_s
          report(path, @started) if path.end_with?('.so')
          @features += 1
        end
      end

      # Reports a path as it is now; a time is given when the file may have been read at any moment since then.
      def report(path, since = nil)
        path = File.join(Dir.pwd, path) unless path.start_with?('/')
        return if path.include?("\n")

        now = Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond)
        s = File.stat(path)
        return unless s.file?

        facts = "#{nanos(s.mtime)}\t#{nanos(s.ctime)}\t#{s.size}\t#{s.ino}"
        return if @known[path] == facts

        @known[path] = facts
        content = since.nil? && now - nanos(s.ctime) < 50_000_000 ? fnv1a(path) : ''
        File.open(TARGET, APPEND) { |f| f.syswrite("#{since || now}\t#{facts}\t#{content}\t#{path}\n".b) }
      rescue SystemCallError
        nil
      end

      # The hash of the first MiB of a file that is too young for its times to tell it from another version.
      def fnv1a(path)
        value = 0x811c9dc5
        File.binread(path, 1 << 20).to_s.each_byte { |byte| value = ((value ^ byte) * 0x01000193) & 0xffffffff }
        format('%08x', value)
      end

      def nanos(time)
        time.to_i * 1_000_000_000 + time.nsec
      end
    end

    # What is put in front of the hook later, as bootsnap does, may not call what is behind it.
    module StayFirst
      def prepend(*modules)
        super.tap { Fcgid4jReport.hook }
      end
    end
  end

  private_constant :Fcgid4jReport
  Fcgid4jReport.install unless Fcgid4jReport::TARGET.empty?
end if defined?(RubyVM::InstructionSequence)
