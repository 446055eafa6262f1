/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static java.util.Objects.requireNonNull;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;

/**
 * IP addresses with the same first bits: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address.
 *
 * @param address one of them
 * @param bits how many bits are the same
 * @param internal whether a proxy with such an address is believed about private addresses too
 */
public record AddressRange(InetAddress address, int bits, boolean internal) {

    public AddressRange {
        int most = requireNonNull(address, "address").getAddress().length * 8;
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("bits is " + bits + ": expected 0 to " + most);
        }
    }

    /** Returns the range that a text names; empty if it is no address with or without a number of bits. Asks no resolver. */
    public static Optional<AddressRange> parse(String text, boolean internal) {
        int slash = text.indexOf('/');
        Optional<InetAddress> address = address(slash < 0 ? text : text.substring(0, slash));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int most = address.get().getAddress().length * 8;
        String bits = slash < 0 ? Integer.toString(most) : text.substring(slash + 1);
        boolean valid = bits.length() <= 3 && !bits.isEmpty() && bits.chars().allMatch(c -> c >= '0' && c <= '9');
        return valid && Integer.parseInt(bits) <= most
                ? Optional.of(new AddressRange(address.get(), Integer.parseInt(bits), internal))
                : Optional.empty();
    }

    /** Returns the ranges that several texts name; empty if one of them names none. */
    static Optional<List<AddressRange>> parseAll(List<String> texts, boolean internal) {
        List<AddressRange> ranges = texts.stream()
                .flatMap(text -> AddressRange.parse(text, internal).stream())
                .toList();
        return ranges.size() == texts.size() ? Optional.of(ranges) : Optional.empty();
    }

    /** Returns the address that a text is; empty if it is a name or anything else. */
    public static Optional<InetAddress> address(String text) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return bytes == null ? Optional.empty() : Optional.of(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Returns whether an address is one of them. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] theirs = other.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += 8) {
            int mask = 0xff << Math.max(0, 8 - (bits - bit));
            if (((mine[bit / 8] ^ theirs[bit / 8]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }
}
