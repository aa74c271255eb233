package envelope

import "unicode/utf8"

const lowerHex = "0123456789abcdef"

// AppendString appends s as a JSON string, not HTML-escaped: only '"', '\\' and
// control characters below U+0020 are escaped. Bytes that are not UTF-8 become
// U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst, _ = appendText(dst, s)
	return dst
}

// appendText is AppendString, and reports whether s is valid UTF-8.
func appendText(dst []byte, s string) (_ []byte, valid bool) {
	valid = true
	dst = append(dst, '"')
	start := 0 // of what is not yet appended
	for i := skipPlain(s, 0); i < len(s); i = skipPlain(s, i) {
		switch c := s[i]; {
		case c < utf8.RuneSelf:
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			i++
			start = i
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(dst, s[start:i]...)
				dst = append(dst, "\uFFFD"...)
				start = i + 1
				valid = false
			}
			i += n
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"'), valid
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	default:
		return append(dst, '\\', 'u', '0', '0', lowerHex[c>>4], lowerHex[c&15])
	}
}
