#!/usr/bin/perl
# The test application in Perl, core modules only.
use strict;
use warnings;
use Digest::SHA 'sha256_hex';
use Errno;
use Time::HiRes;

my $served = 0;
serve(sub {
    my ($request, $print) = @_;
    my $env = $request->{env};
    my ($op, $n) = ($env->{QUERY_STRING} // '') =~ /^op=(\w+)(?:&n=(\d+))?/;
    $op //= 'pid';
    $served++;
    if ($op eq 'flush') {    # a piece, then another one when the test has made a file
        $print->("Content-Type: text/plain\r\n\r\nfirst");
        Time::HiRes::sleep(0.005) until -e 'go-on';
        return $print->('second');
    }
    if ($op eq 'redirect') { return $print->("Location: /core-pl.fcgi/there?op=path\r\n\r\n") }
    if ($op eq 'short') { return $print->("Content-Length: 10\r\n\r\n12345") }
    if ($op eq 'long') { return $print->("Content-Length: 5\r\n\r\n1234567890") }
    if ($op eq 'die') { kill 'KILL', $$; sleep 9 }
    Time::HiRes::sleep($n / 1000) if $op eq 'sleep';
    my $head = "Content-Type: text/plain\r\n";
    $head .= "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" if $op eq 'cookies';
    my $body =
        $op eq 'sum'     ? sha256_hex($request->{body})
      : $op eq 'large'   ? 'x' x $n
      : $op eq 'cookies' ? $env->{HTTP_COOKIE} // ''
      : $op eq 'path'    ? $env->{PATH_INFO} // ''
      : $op eq 'from'    ? "$env->{REDIRECT_URL} $env->{REDIRECT_QUERY_STRING}"
      : $op eq 'env'     ? join('', map { "$_=$env->{$_}\n" } sort keys %$env)
      :                    "$$ $served";
    $print->("$head\r\n$body");
});

# ---- FastCGI in a few lines: core modules only -----------------------------------------------------------------------
# Descriptor 0 is a listening socket. Each connection carries requests made of records: an 8-byte header, then content.

sub serve {
    my ($handler) = @_;
    $SIG{TERM} = sub { exit 0 };
    $SIG{PIPE} = 'IGNORE';
    open(my $listen, '+<&=', 0) or die "descriptor 0: $!";
    while (accept(my $connection, $listen)) {
        binmode $connection;
        while (my $request = read_request($connection)) {
            $handler->($request, sub { write_stream($connection, 6, $_[0]) if length $_[0] }, $connection);
            print_all($connection, pack('CCnnCx', 1, 6, 1, 0, 0) . pack('CCnnCx', 1, 3, 1, 8, 0) . pack('NCx3', 0, 0));
            last unless $request->{keep};
        }
        close $connection;
    }
}

sub read_request {
    my ($connection) = @_;
    my ($params, $stdin, $keep) = ('', '', 0);
    while (defined(my $header = read_exactly($connection, 8))) {
        my ($version, $type, $id, $length, $padding) = unpack 'CCnnC', $header;
        my $content = read_exactly($connection, $length);
        return unless defined $content && defined read_exactly($connection, $padding);
        if    ($type == 1) { $keep = (unpack 'nC', $content)[1] & 1 }
        elsif ($type == 4) { $params .= $content }
        elsif ($type == 5) {
            return { env => read_params($params), body => $stdin, keep => $keep } if $length == 0;
            $stdin .= $content;
        }
    }
    return;
}

sub read_params {
    my ($bytes) = @_;
    my ($at, %env) = (0);
    my $length = sub {
        my $n = ord substr $bytes, $at, 1;
        if ($n < 128) { $at += 1; return $n }
        $n = unpack('N', substr $bytes, $at, 4) & 0x7fffffff;
        $at += 4;
        return $n;
    };
    while ($at < length $bytes) {
        my ($name, $value) = ($length->(), $length->());
        $env{ substr $bytes, $at, $name } = substr $bytes, $at + $name, $value;
        $at += $name + $value;
    }
    return \%env;
}

sub read_exactly {
    my ($connection, $wanted) = @_;
    my $bytes = '';
    while (length $bytes < $wanted) {
        my $count = sysread $connection, $bytes, $wanted - length $bytes, length $bytes;
        next if !defined $count && $!{EINTR};
        return unless $count;
    }
    return $bytes;
}

sub write_stream {
    my ($connection, $type, $bytes) = @_;
    for (my $at = 0; $at < length $bytes; $at += 65535) {
        my $part = substr $bytes, $at, 65535;
        print_all($connection, pack('CCnnCx', 1, $type, 1, length $part, 0) . $part);
    }
}

sub print_all {
    my ($connection, $bytes) = @_;
    my $at = 0;
    while ($at < length $bytes) {
        my $count = syswrite $connection, $bytes, length($bytes) - $at, $at;
        next if !defined $count && $!{EINTR};
        return unless defined $count;
        $at += $count;
    }
}
