package envelope

import "github.com/evercart/evercart/ports"

// sequenceDigits is the width of versions on the wire: they sort as text.
const sequenceDigits = 20

// appendDigits appends n, 0 or more and below 10^width, in width digits.
func appendDigits(dst []byte, n int64, width int) []byte {
	dst = append(dst, "00000000000000000000"[:width]...)
	for i := len(dst) - 1; n > 0; i-- {
		dst[i] = byte('0' + n%10)
		n /= 10
	}
	return dst
}

// parseDigits reads decimal digits; -1 where text is empty, holds anything else,
// or is beyond int64.
func parseDigits(text string) int64 {
	if text == "" {
		return -1
	}
	const most = 1<<63 - 1
	var n int64
	for i := range len(text) {
		d := int64(text[i]) - '0'
		if d < 0 || d > 9 || i >= 18 && n > (most-d)/10 {
			return -1
		}
		n = n*10 + d
	}
	return n
}

// parseSequence reads a version from its sequenceDigits digits; false for 0 too,
// which no event has.
func parseSequence(text string) (ports.Version, bool) {
	if len(text) != sequenceDigits {
		return 0, false
	}
	n := parseDigits(text)
	return ports.Version(n), n > 0
}

func appendHex(dst, src []byte) []byte {
	for _, b := range src {
		dst = append(dst, lowerHex[b>>4], lowerHex[b&15])
	}
	return dst
}

// parseHex reads lower-case hex digits into dst, which they must fill. Where it
// reports false, dst holds nothing of use.
func parseHex(dst []byte, text string) bool {
	if len(text) != 2*len(dst) {
		return false
	}
	var unfit byte
	for i := range dst {
		high, low := hexDigits[text[2*i]], hexDigits[text[2*i+1]]
		dst[i] = high<<4 | low&15
		unfit |= high | low
	}
	return unfit < 16
}

// hexDigits holds at each byte its value as a lower-case hex digit, or 255: a table,
// since digits and letters follow one another as by the throw of a die.
const hexDigits = unfit16 + unfit16 + unfit16 +
	"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\xff\xff\xff\xff\xff\xff" + unfit16 + unfit16 +
	"\xff\x0a\x0b\x0c\x0d\x0e\x0f\xff\xff\xff\xff\xff\xff\xff\xff\xff" + unfit16 +
	unfit16 + unfit16 + unfit16 + unfit16 + unfit16 + unfit16 + unfit16 + unfit16

const unfit16 = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
