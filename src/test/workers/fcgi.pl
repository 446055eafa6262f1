#!/usr/bin/perl
# The test application in Perl with FCGI.pm.
use strict;
use warnings;
use Digest::SHA 'sha256_hex';
use FCGI;

my $served = 0;
my %env;
my $request = FCGI::Request(\*STDIN, \*STDOUT, \*STDERR, \%env);
while ($request->Accept >= 0) {
    my ($op, $n) = ($env{QUERY_STRING} // '') =~ /^op=(\w+)(?:&n=(\d+))?/;
    $op //= 'pid';
    $served++;
    select undef, undef, undef, $n / 1000 if $op eq 'sleep';
    my $input = '';
    if ($op eq 'sum') { 1 while read STDIN, $input, 65536, length $input }
    print "Content-Type: text/plain\r\n";
    print "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" if $op eq 'cookies';
    print "\r\n",
        $op eq 'sum'     ? sha256_hex($input)
      : $op eq 'large'   ? 'x' x $n
      : $op eq 'cookies' ? $env{HTTP_COOKIE}
      : $op eq 'path'    ? $env{PATH_INFO}
      :                    "$$ $served";
}
