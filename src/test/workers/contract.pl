#!/usr/bin/perl
# The test application of HttpAdapterContract: each op is one behaviour that an HTTP adapter has to cope with. The FastCGI
# part of core.pl is put behind it.
use strict;
use warnings;
use Cwd 'getcwd';
use Errno;
use Time::HiRes;

my $served = 0;
serve(sub {
    my ($request, $print) = @_;
    my $env = $request->{env};
    my ($op, $n) = ($env->{QUERY_STRING} // '') =~ /^op=(\w+)(?:&n=(\d+))?/;
    $op //= 'pid';
    $served++;
    my $head = "Content-Type: text/plain\r\n";
    my $pause = sub { touch("paused"); Time::HiRes::sleep(0.005) until -e 'go-on' };
    if ($op eq 'pieces') {    # one piece, then the rest when the test has made a file
        $print->("$head\r\nfirst");
        $pause->();
        return $print->('second');
    }
    if ($op eq 'silent') {    # nothing at all until the test has made a file
        $pause->();
        return $print->("$head\r\nat last");
    }
    if ($op eq 'killed') {    # dies in the middle of its response
        $print->("$head\r\nfirst");
        $pause->();
        die_now();
    }
    die_now() if $op eq 'vanish';
    return $print->("Content-Type: application/octet-stream\r\n\r\n$request->{body}") if $op eq 'echo';
    return $print->("Content-Length: 10\r\n$head\r\n12345") if $op eq 'short';
    return $print->("Content-Length: 5\r\n$head\r\n1234567890") if $op eq 'long';
    return $print->("Status: $n\r\n$head\r\n" . ($n == 204 ? '' : 'a body')) if $op eq 'status';
    return $print->("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n$head\r\n") if $op eq 'fields';
    return $print->("Location: $env->{SCRIPT_NAME}/there?op=env\r\n\r\n") if $op eq 'redirect';
    return $print->("Location: $env->{SCRIPT_NAME}?op=loop\r\n\r\n") if $op eq 'loop';
    return $print->('X-Sendfile: ' . getcwd() . "/book.txt\r\nX-Kept: yes\r\n$head\r\nof no use") if $op eq 'file';
    return $print->("no header at all\r\n\r\n") if $op eq 'garbage';
    return $print->($head . "\r\n" . join('', map { "$_=$env->{$_}\n" } sort keys %$env)) if $op eq 'env';
    $print->("$head\r\n$$ $served");
});

sub touch { open(my $file, '>', $_[0]) or die "$_[0]: $!" }

sub die_now { kill 'KILL', $$; sleep 9 }
