#!/usr/bin/perl
# The test application that does what few do. The FastCGI part of core.pl is put behind it.
use strict;
use warnings;
use Errno;
use Time::HiRes;

my $served = 0;
serve(sub {
    my ($request, $print, $connection) = @_;
    my ($op, $n) = ($request->{env}{QUERY_STRING} // '') =~ /^op=(\w+)(?:&n=(\d+))?/;
    $op //= 'pid';
    $served++;
    my $head = "Content-Type: text/plain\r\n\r\n";
    my $wait = sub { Time::HiRes::sleep(0.005) until -e 'go-on' };
    if ($op eq 'headers') {    # nothing but headers until another request lets it go on
        $print->("X-Early: yes\r\n$head");
        $wait->();
        return $print->('body');
    }
    if ($op eq 'killed') {
        $print->("${head}first");
        $wait->();
        kill 'KILL', $$;
        sleep 9;
    }
    if ($op eq 'silent') {
        touch('silent');
        Time::HiRes::sleep(0.005) while 1;
    }
    if ($op eq 'vanish') {    # leaves a line that it has run, and never an answer
        open(my $runs, '>>', 'runs') or die "runs: $!";
        print {$runs} "run\n";
        close($runs) or die "runs: $!";
        $wait->();
        kill 'KILL', $$;
        sleep 9;
    }
    if ($op eq 'records') {    # for another request, of an unknown type, of the connection
        print_all($connection, pack('CCnnCx', 1, @$_) . "\0" x ($_->[2] + $_->[3]))
            for [6, 2, 3, 5], [7, 9, 1, 0], [99, 1, 10, 6], [200, 0, 0, 255], [11, 0, 8, 0], [3, 7, 8, 0];
    }
    touch('go-on') if $op eq 'go';
    $request->{keep} = 0 if $op eq 'once';
    return $print->("Status: $n\r\n${head}a body") if $op eq 'status';
    $print->("$head$$ $served");
});

sub touch { open(my $file, '>', $_[0]) or die "$_[0]: $!" }
