package httpapi

import "strings"

// maxCorrelation is the most characters of a correlation ID.
const maxCorrelation = 128

// parseCorrelation returns the correlation ID; empty where there is none.
func parseCorrelation(given []string) (string, error) {
	switch {
	case len(given) == 0:
		return "", nil
	case len(given) > 1:
		return "", malformed("X-Correlation-ID is given more than once")
	case !printable(given[0], maxCorrelation):
		return "", malformed("X-Correlation-ID is not 1 to 128 printable ASCII characters")
	}
	return given[0], nil
}

// parseTraceparent returns the W3C trace context; empty where there is none. One
// that is invalid is as good as none, as its specification wants. Of versions to
// come only the part is taken that version 00 has.
func parseTraceparent(given []string) string {
	const length = len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	if len(given) != 1 || len(given[0]) < length {
		return ""
	}
	text, rest := given[0][:length], given[0][length:]
	version, trace, parent, flags := text[0:2], text[3:35], text[36:52], text[53:55]
	switch {
	case text[2] != '-' || text[35] != '-' || text[52] != '-':
		return ""
	case !lowerHex(version) || !lowerHex(trace) || !lowerHex(parent) || !lowerHex(flags):
		return ""
	case strings.Trim(trace, "0") == "" || strings.Trim(parent, "0") == "" || version == "ff":
		return ""
	case rest != "" && (version == "00" || rest[0] != '-'):
		return ""
	}
	return text
}

func lowerHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }
