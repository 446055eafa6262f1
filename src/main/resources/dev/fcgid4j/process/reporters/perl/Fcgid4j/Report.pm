# SPDX-License-Identifier: Apache-2.0
# Notes each file that Perl loads in the file that FCGID_WATCH_FILE names, before it is read where Perl allows that.
# Must never disturb the script: no output, no exception, errno and $@ kept, nothing exported.
package Fcgid4j::Report;

my ($notes, $fine, $checkpoint, %seen);

sub now { $fine ? Time::HiRes::time() : time }

# $after: the file has been read already; then only a change before the last checkpoint is known not to matter.
sub note {
    my ($path, $after) = @_;
    return if $path =~ /\n/ || ref $path;
    $path = (readlink('/proc/self/cwd') // '') . "/$path" unless $path =~ m{^/};
    my $now = now();
    my @stat = $fine ? Time::HiRes::stat($path) : CORE::stat($path);
    return if !@stat || !-f _ || ($seen{$path} // '') eq "@stat[1,7,9,10]";
    my $content = '';
    if (!$after && $now - $stat[10] < 0.05) {    # too young for its times to prove anything
        my $hash = 0x811c9dc5;
        if (open my $in, '<:raw', $path) {
            local $/;
            my $bytes = <$in>;
            $hash = (($hash ^ $_) * 0x01000193) & 0xffffffff for unpack 'C*', $bytes // '';
            $content = sprintf '%08x', $hash;
        }
    }
    my $line = sprintf "%.0f\t%.0f\t%.0f\t%d\t%d\t%s\t%s\n",
        ($after ? $checkpoint : $now) * 1e9, $stat[9] * 1e9, $stat[10] * 1e9, $stat[7], $stat[1], $content, $path;
    utf8::encode($line) if utf8::is_utf8($line);
    if (open my $out, '>>:raw', $notes) {
        syswrite $out, $line;
        close $out;
        $seen{$path} = "@stat[1,7,9,10]";
    }
    return;
}

# First in @INC: finds nothing, but tells what the rest of @INC is going to find.
sub search {
    my (undef, $name) = @_;
    local ($!, $@, $_);
    for my $directory (@INC) {
        next if ref $directory;
        my $path = "$directory/$name";
        if (-f $path) { note($path, 0); last }
    }
    $checkpoint = now();
    return;
}

# What was read without asking @INC, or from a directory that a script has put before us.
sub compiled {
    my ($path) = @_;
    local ($!, $@, $_);
    note($path, 1);
    $checkpoint = now();
    if (!ref $INC[0] || $INC[0] != \&search) { @INC = (\&search, grep { !ref || $_ != \&search } @INC) }
    return;
}

if (defined $ENV{FCGID_WATCH_FILE} && ($ENV{FCGID_WATCH_PID} // $$) == $$ && !${^TAINT}) {
    local ($!, $@, $_, $SIG{__DIE__}, $SIG{__WARN__});
    $notes = $ENV{FCGID_WATCH_FILE};
    (my $here = __FILE__) =~ s{/Fcgid4j/Report\.pm$}{};
    @INC = grep { $_ ne $here } @INC;
    $ENV{FCGID_WATCH_PID} = $$;    # programs that this one starts report nothing
    if (-w $notes) {
        $checkpoint = time - 1;
        $fine = eval { require Time::HiRes; defined &Time::HiRes::stat };
        $checkpoint = now();
        note($_, 1) for grep { $_ ne __FILE__ } values %INC;
        note($0, 0) if -f $0;
        unshift @INC, \&search;
        if (!$^P) {
            no warnings;
            *DB::postponed = sub { my ($source) = @_; compiled(${*$source}) if ref \$source eq 'GLOB' };
            $^P |= 0x08;    # perl calls DB::postponed for each file that it has compiled
        }
    }
}

1;
