#!/usr/bin/perl
use strict;
use warnings;
use Digest::SHA 'sha256_hex';
use Errno;

serve(sub {
    my ($request, $print) = @_;
    my $result = '';
    my ($boundary) = ($request->{env}{CONTENT_TYPE} // '') =~ /boundary="?([^";]+)/;
    if ($request->{env}{REQUEST_METHOD} eq 'POST' && defined $boundary) {
        for my $part (split /(?:^|\r\n)--\Q$boundary\E(?:--)?(?:\r\n)?/, $request->{body}) {
            my ($head, $content) = split /\r\n\r\n/, $part, 2;
            next unless defined $content && $head =~ /filename="([^"]*)"/ && length $1;
            $result .= sprintf '<p>Received <strong>%s</strong>: %d bytes, SHA-256 <code>%s</code></p>',
                escape($1), length $content, sha256_hex($content);
        }
    }
    $print->("Content-Type: text/html; charset=utf-8\r\n\r\n" . <<"HTML");
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Upload</title></head>
<body style="font:17px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem">
<h1>Upload a file</h1>
$result
<form method="post" enctype="multipart/form-data">
<p><label>File <input type="file" name="file" required></label></p>
<p><button>Upload</button></p>
</form>
<p>The body was complete before this process was asked, so a slow upload holds no worker.</p>
<p><a href="/">Back to the example site</a></p></body></html>
HTML
});

sub escape {
    my ($text) = @_;
    my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;', "'" => '&#39;');
    $text =~ s/([&<>"'])/$entity{$1}/g;
    return $text;
}

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
            $handler->($request, sub { write_stream($connection, 6, $_[0]) if length $_[0] });
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
