package envelope

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads the string whose opening quote s stands on.
func (s *Scanner) str() string {
	start := s.pos + 1
	if end := skipPlain(s.text, start); end < len(s.text) && s.text[end] == '"' {
		s.pos = end + 1
		return s.text[start:end]
	}
	escaped := s.skipString()
	if s.err != nil {
		return ""
	}
	body := s.text[start : s.pos-1]
	if escaped {
		return unescape(body)
	}
	return body
}

// skipString passes over the string whose opening quote s stands on, checks it,
// and reports whether it holds escapes.
func (s *Scanner) skipString() (escaped bool) {
	text, i := s.text, s.pos+1
	for {
		if i = skipPlain(text, i); i == len(text) {
			s.fail(i, "want the string's closing quote, found the end")
			return false
		}
		switch c := text[i]; {
		case c == '"':
			s.pos = i + 1
			return escaped
		case c == '\\':
			n := escapeLen(text[i:])
			if n == 0 {
				s.fail(i, "want an escape of JSON, and surrogates in pairs")
				return false
			}
			escaped = true
			i += n
		case c < ' ':
			s.fail(i, "want control characters escaped")
			return false
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n == 1 {
				s.fail(i, "want valid UTF-8")
				return false
			}
			i += n
		}
	}
}

// skipPlain returns the index of the first byte of text, from i on, that is not
// plain; len(text) where all are.
func skipPlain(text string, i int) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(text); i += 8 {
		b := text[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		quote, slash := w^'"'*ones, w^'\\'*ones
		// The lowest top bit set is that of the first byte which is '"', '\\', below
		// ' ', or not ASCII; a borrow spoils only bytes after it.
		if odd := ((quote-ones)&^quote | (slash-ones)&^slash | (w - ' '*ones) | w) & tops; odd != 0 {
			return i + bits.TrailingZeros64(odd)/8
		}
	}
	for i < len(text) && plain(text[i]) {
		i++
	}
	return i
}

// plain reports whether c stands for itself in a string, without more ado: ASCII
// from ' ' on, but '"' and '\\'.
func plain(c byte) bool { return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' }

// escapeLen returns the length of the escape that text begins with: 2, 6, or 12
// for a surrogate pair; 0 where it is none.
func escapeLen(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
	default:
		return 0
	}
	switch r := unit(text); {
	case r < 0:
		return 0
	case !utf16.IsSurrogate(r):
		return 6
	case utf16.DecodeRune(r, unit(text[6:])) == utf8.RuneError:
		return 0
	default:
		return 12
	}
}

// unit reads the UTF-16 unit that text begins with, written \uXXXX; -1 where it
// does not.
func unit(text string) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	var r rune
	for i := 2; i < 6; i++ {
		d := hexDigit(text[i])
		if d < 0 {
			return -1
		}
		r = r<<4 | d
	}
	return r
}

func hexDigit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	default:
		return -1
	}
}

// unescape resolves the escapes of a string that skipString has checked.
func unescape(body string) string {
	var b strings.Builder
	b.Grow(len(body))
	for {
		i := strings.IndexByte(body, '\\')
		if i < 0 {
			b.WriteString(body)
			return b.String()
		}
		b.WriteString(body[:i])
		n := escapeLen(body[i:])
		switch n {
		case 2:
			b.WriteByte(shortEscape(body[i+1]))
		case 6:
			b.WriteRune(unit(body[i:]))
		default:
			b.WriteRune(utf16.DecodeRune(unit(body[i:]), unit(body[i+6:])))
		}
		body = body[i+n:]
	}
}

// shortEscape returns the byte that '\\' and c stand for.
func shortEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}
