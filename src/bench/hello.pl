#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
use strict;
use warnings;
use FCGI;

my $request = FCGI::Request();
while ($request->Accept >= 0) {
    print "Content-Type: text/plain\r\n\r\nHello from Perl";
}
