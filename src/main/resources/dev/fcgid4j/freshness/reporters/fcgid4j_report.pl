# SPDX-License-Identifier: Apache-2.0
# Tells the process manager which files Perl loads: one line each, appended to the file that FCGID_WATCH_FILE names.
# Run by PERL5OPT before the script. Says nothing, throws nothing, and leaves $!, $@ and $_ as they were.
package Fcgid4j::Report;

delete $INC{+__FILE__};
my $target = $ENV{FCGID_WATCH_FILE};
return 1 if !defined $target || defined $ENV{FCGID_WATCH_PID} && $ENV{FCGID_WATCH_PID} ne $$;
my $append = 02001;    # O_WRONLY | O_APPEND, without loading Fcntl
{
    return 1 if !sysopen(my $probe, $target, $append);
}
$ENV{FCGID_WATCH_PID} = $$;    # so that programs this one starts stay silent, and one it becomes by exec doesn't
my ($clock, $stat) = (sub { time }, sub { CORE::stat $_[0] });
{
    local $SIG{__DIE__};
    ($clock, $stat) = (\&Time::HiRes::time, sub { Time::HiRes::stat($_[0]) })
        if eval { require Time::HiRes; defined &Time::HiRes::stat };
}
my $started = $clock->();
my (%known, %announced);       # what was said of a path; paths that were reported just before they are loaded
my $libraries = 0;

# The FNV-1a hash of the first MiB of a file that is too young for its times to tell it from another version.
my $hash = sub {
    open(my $file, '<:raw', $_[0]) or return '';
    my ($value, $left) = (0x811c9dc5, 1 << 20);
    while ($left > 0 && sysread $file, my $bytes, $left < 65536 ? $left : 65536) {
        $left -= length $bytes;
        $value = (($value ^ $_) * 0x01000193) & 0xffffffff for unpack 'C*', $bytes;
    }
    return sprintf '%08x', $value;
};

# Reports a path as it is now; a time is given when the file may have been read at any moment since then.
my $report = sub {
    my ($path, $since) = @_;
    utf8::encode($path) if utf8::is_utf8($path);
    return if index($path, "\n") >= 0 || index($path, "\0") >= 0;
    $path = (readlink('/proc/self/cwd') || return) . "/$path" if substr($path, 0, 1) ne '/';
    my $before = !defined $since;
    $since = $clock->() if $before;
    my @s = $stat->($path);
    return if !@s || ($s[2] & 0170000) != 0100000;
    my $facts = sprintf "%.0f\t%.0f\t%s\t%s", $s[9] * 1_000_000_000, $s[10] * 1_000_000_000, $s[7], $s[1];
    return if defined $known{$path} && $known{$path} eq $facts;
    $known{$path} = $facts;
    my $content = $before && $since - $s[10] < 0.05 ? $hash->($path) : '';
    sysopen(my $file, $target, $append) or return;
    binmode $file;
    syswrite $file, sprintf "%.0f\t%s\t%s\t%s\n", $since * 1_000_000_000, $facts, $content, $path;
    close $file;
};

my $report_libraries = sub {
    $report->($DynaLoader::dl_shared_objects[$libraries++], $started)
        while $libraries < @DynaLoader::dl_shared_objects;
};

# Does what require and do will do with @INC. True: found; false: not there; undefined: perhaps another hook has it.
my $hook;
my $search = sub {
    my ($name) = @_;
    return 0 if !defined $name || index($name, "\n") >= 0 || index($name, "\0") >= 0;
    my $others = 0;
    for my $place ($name =~ m{^\.{0,2}/} ? undef : @INC) {
        if (ref $place) {
            $others ||= ref $place ne 'CODE' || $place != $hook;
            next;
        }
        my $path = defined $place ? "$place/$name" : $name;
        next if !-e $path || -d _ || -b _;
        $report->($path);
        $announced{$path} = 1;
        $report->($path . 'c') if $name =~ /\.pm\z/ && -e $path . 'c';
        return 1;
    }
    return $others ? undef : 0;
};

# Puts the hook before all else in @INC, or takes it out, by moving as little as possible.
my $arrange = sub {
    my ($in) = @_;
    return if $in && ref $INC[0] eq 'CODE' && $INC[0] == $hook;
    for my $i (reverse 0 .. $#INC) {
        splice @INC, $i, 1 if ref $INC[$i] eq 'CODE' && $INC[$i] == $hook;
    }
    unshift @INC, $hook if $in;
};

# What is nowhere makes perl list @INC in its message: the hook isn't in it then, and comes back with the next file.
$hook = sub {
    local ($!, $@);
    my $found = $search->($_[1]);
    $arrange->(!defined $found || $found);
    $report_libraries->();
    return;
};

# Perl calls this for each required file once it is compiled: files that the hook can't see, since they are required
# by an absolute path or lie below a directory that was put before the hook.
if (!$^P) {
    *DB::sub = sub { }    # caller() compares with it once there is a $^P
        if !defined &DB::sub;
    *DB::postponed = sub {
        my $path = ref \$_[0] eq 'GLOB' ? ${ *{ $_[0] } } : undef;
        local ($!, $@);
        $report->($path, $started) if defined $path && !delete $announced{$path};
        $report_libraries->();
        $arrange->(1);
    };
    $^P = 8;
}

# do FILE runs the file in the package of its caller, which caller() tells it too; hence one way through for each place.
# Its text comes from a hook, since eval would count on the number in "(eval 1)".
my $earlier = defined &CORE::GLOBAL::do ? \&CORE::GLOBAL::do : undef;
my %through;
my $way_through = sub {
    my ($package, $file, $line) = @_;
    my $text = "package $package;\n";
    $text .= "#line $line \"$file\"\n" if $file !~ /["\n\0]/;
    $text .= 'sub { my $file = shift; CORE::do($file) }';
    local @INC = (sub { \$text });
    my $sub = CORE::do('Fcgid4j/through.pl');
    delete $INC{'Fcgid4j/through.pl'};
    $sub;
};
*CORE::GLOBAL::do = sub {
    my @place = caller;
    my $place = join "\0", @place;
    {
        local ($!, $@, $SIG{__DIE__});
        $search->($_[0]);
        $arrange->(1);
        $through{$place} ||= $earlier || $way_through->(@place);
    }
    goto &{ $through{$place} };
};

$report->($_) for grep { defined && !ref } values %INC;
$report->($0);
$report_libraries->();
$arrange->(1);
1;
